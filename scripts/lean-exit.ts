import type { Plugin } from 'esbuild';
import { readReplaced } from './replaced.ts';

/**
 * signal-exit asserts that it is given a function, by a module of Node's that brings all that draws differences: 2 ms of the
 * start.
 */
export const leanExit: Plugin = {
  name: 'lean-exit',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]signal-exit[\\/]index\.js$/ }, ({ path }) => ({
      contents: readReplaced(path, [
        { what: /^ *var assert = require\('assert'\)$/m, by: '' },
        { what: /^ *assert\.equal\(typeof cb, 'function', .*\)$/m, by: '' },
      ]),
    }));
  },
};
