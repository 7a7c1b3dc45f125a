import { resolve as absolute, sep } from 'node:path';
import type { Plugin } from 'esbuild';
import lock from '../package-lock.json' with { type: 'json' };

/** Where a package is installed in a version that is installed already, and where that is. */
const copies = (packages: Readonly<Record<string, { version?: string }>>): ReadonlyMap<string, string> => {
  const first = new Map<string, string>();
  const again = new Map<string, string>();
  for (const [folder, { version }] of Object.entries(packages)) {
    const name = `${folder.split('node_modules/').at(-1)}@${version}`;
    const other = first.get(name);
    if (other === undefined) first.set(name, folder);
    else again.set(absolute(folder) + sep, absolute(other) + sep);
  }
  return again;
};

const again = copies(lock.packages);
const names = [...again.keys()].map((folder) => folder.split('node_modules/').at(-1)?.slice(0, -1));

/** Of a package that is installed twice in one version, since another version stands above both, one copy is bundled. */
export const oneCopy: Plugin = {
  name: 'one-copy',
  setup({ onResolve, resolve }) {
    const asked = Symbol('by this plugin');
    onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, async ({ path, pluginData, ...from }) => {
      if (pluginData === asked) return undefined;
      const found = await resolve(path, { ...from, pluginData: asked });
      const copy = [...again.keys()].find((folder) => found.path.startsWith(folder));
      if (copy === undefined) return found;
      return { ...found, path: again.get(copy) + found.path.slice(copy.length) };
    });
  },
};
