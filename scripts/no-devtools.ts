import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

const underDev = /^if \(process\.env\['DEV'\] === 'true'\) \{\n[\s\S]*?^\}\n/gm;

/**
 * Under DEV=true Ink's reconciler loads React's devtools client, which weighs as much as Ink itself, and waits for it at its top
 * level, which a script cannot do. An Ink that does it in another way fails to be bundled.
 */
export const noDevtools: Plugin = {
  name: 'no-devtools',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]ink[\\/]build[\\/]reconciler\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(underDev, ''),
    }));
  },
};
