import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

const required = createRequire(import.meta.url);

/** What a CommonJS module puts into `exports`, by name. */
const exporting = (source: string, path: string): string => {
  const names = Object.keys(required(path));
  return `const exports = {};
    ${source}
    export default exports;
    const { ${names.map((name) => `${name}: its_${name}`).join(', ')} } = exports;
    export { ${names.map((name) => `its_${name} as ${name}`).join(', ')} };`;
};

/** `require` of another package as an import, in front of the rest. */
export const importing = (source: string): string => {
  const names = [
    ...new Set([...source.matchAll(/\brequire\("([\w-]+)"\)/g)].map(([, name]) => name as string)),
  ];
  return names
    .map((name, index) => `import * as required${index} from '${name}';\n`)
    .concat(source.replace(/\brequire\("([\w-]+)"\)/g, (_, name) => `required${names.indexOf(name)}`))
    .join('');
};

/** React as ES modules: of a CommonJS module each of some dozen files that import it would make a copy. */
export const leanReact: Plugin = {
  name: 'lean-react',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(react|react-reconciler|scheduler)(\/|$)/ }, ({ importer, path, namespace }) =>
      namespace === 'file' ? { path: produced(createRequire(importer).resolve(path)) } : undefined,
    );
    onLoad({ filter: /[\\/]cjs[\\/][\w-]+\.production\.js$/ }, ({ path }) => {
      const source = importing(readFileSync(path, 'utf8'));
      return { contents: exporting(source, path) };
    });
  },
};

/** An index of React's chooses between the file for production and others. */
export const produced = (index: string): string =>
  required.resolve(
    index.replace(
      /([\w-]+)[\\/](\w[\w-]*)\.js$/,
      (_, name, file) => `${name}/cjs/${file === 'index' ? name : `${name}-${file}`}.production.js`,
    ),
  );
