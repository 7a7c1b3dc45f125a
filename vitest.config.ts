import { defineConfig } from 'vitest/config';
import { viteWorkerText } from './scripts/worker-text.ts';

export default defineConfig({
  plugins: [viteWorkerText()],
  define: { __VERSION__: '"0.0.0-test"' },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: './test/support/build.ts',
    setupFiles: './test/support/properties.ts',
    // End-to-end tests start real processes on a machine that may be busy.
    testTimeout: 30_000,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
