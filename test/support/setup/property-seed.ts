import fc from 'fast-check';

// CI replays one seed, so that a red run is the doing of the change it tests; every other run draws a new one.
if (process.env.CI) fc.configureGlobal({ seed: 20_261_122 });
