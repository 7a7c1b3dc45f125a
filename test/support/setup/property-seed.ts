import fc from 'fast-check';

// A fixed seed in CI, so that a failure is due to the tested change. Other runs use a random seed.
if (process.env.CI) fc.configureGlobal({ seed: 20_261_122 });
