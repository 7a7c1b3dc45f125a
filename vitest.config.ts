import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { viteWorkerPlugin } from './scripts/build/worker-plugin.ts';

/** Tests that run the built program, or start processes of their own: each file needs a process of its own. */
const endToEnd = [
  'test/e2e/**/*.test.{ts,tsx}',
  'test/incidents/**/*.test.ts',
  'test/capture/{namespace,real-*}.test.ts',
  'test/cli/commands/{recipes,record*}.test.ts',
  'test/fleet/{nats,ssh}/**/*.test.ts',
  'test/capture/connector/real-*.test.ts',
  'test/capture/live-source.test.ts',
  'test/cli/nats/*.test.ts',
  'test/native/real-*.test.ts',
];

/** Slow checks of a release, which `npm test` leaves out. */
const release = ['test/release/**/*.test.ts'];

export default defineConfig({
  plugins: [viteWorkerPlugin()],
  define: { __VERSION__: '"0.0.0-test"' },
  test: {
    setupFiles: ['./test/support/setup/property-seed.ts', './test/support/setup/regex-engine.ts'],
    // End-to-end tests start real processes on a machine that may be busy.
    testTimeout: 30_000,
    // Vitest uses one worker less than there are cores.
    maxWorkers: Math.max(2, availableParallelism()),
    reporters: ['default', './test/support/setup/summary-line.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', ...endToEnd, ...release],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'release', include: release } },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: endToEnd,
          globalSetup: './test/support/setup/build.ts',
          // These tests mostly wait for processes, so that three times as many workers use all cores.
          maxWorkers: 3 * availableParallelism(),
          // With more workers, a test takes longer on a busy machine.
          testTimeout: 60_000,
          // Hooks compile and install what the tests run.
          hookTimeout: 60_000,
          // Vitest requires a group of its own for a different number of workers.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
