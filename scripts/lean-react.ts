import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const head = 'module.exports = function ($$$config) {';
/** What tells module systems of old what it is. */
const tail = /module\.exports\.default = module\.exports;[\s\S]*$/;

/**
 * React's reconciler is one function of 130 KB, bundled within the function that makes a CommonJS module of it: V8 would read all
 * of it once more than it must, for 6 ms. As an ES module it stands by itself.
 */
export const leanReact: Plugin = {
  name: 'lean-react',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^react-reconciler$/ }, ({ importer, path }) => ({
      path: join(dirname(createRequire(importer).resolve(path)), 'cjs/react-reconciler.production.js'),
    }));
    onLoad({ filter: /[\\/]react-reconciler\.production\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes(head) || !tail.test(source)) throw new Error(`${path}: another React`);
      return {
        contents: source.replace(head, () => 'export default function ($$$config) {').replace(tail, ''),
      };
    });
  },
};
