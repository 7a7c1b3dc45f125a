import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** What is loaded when it is first called, not when who may call it is loaded: who imports what, and by which name. */
const late: readonly { by: RegExp; what: string; name: string }[] = [
  // Unicode's tables take 20 ms, and most guests never show a text that needs them.
  { by: /[\\/]src[\\/]ui[\\/]width\.ts$/, what: 'string-width', name: 'default' },
  // tput is asked where nothing else knows how large a terminal is.
  { by: /[\\/]terminal-size[\\/]index\.js$/, what: 'node:child_process', name: 'execFileSync' },
  // What Ink draws of an error that a component threw, with the lines of the source.
  {
    by: /[\\/]ink[\\/]build[\\/]components[\\/]ErrorBoundary\.js$/,
    what: './ErrorOverview.js',
    name: 'default',
  },
];

/** So is this one, which packages make when they are loaded: it takes 12 ms. */
const segmenter = /^const (\w+) = (new Intl\.Segmenter\(.*\));$/m;

export const lateSegmenter = (source: string): string =>
  source.replace(segmenter, 'let made; const $1 = { segment: (text) => (made ??= $2).segment(text) };');

/** Bundles functions that load what they need when they are called. */
export const lateParts: Plugin = {
  name: 'late-parts',
  setup({ onResolve, onLoad, resolve }) {
    for (const [index, { by, what, name }] of late.entries()) {
      const exactly = new RegExp(`^${what.replaceAll('.', '\\.')}$`);
      onResolve({ filter: exactly }, async ({ importer, namespace, resolveDir, kind }) => {
        if (namespace !== 'file' || !by.test(importer)) return undefined;
        const { path } = await resolve(what, { importer: 'late', namespace: 'late', resolveDir, kind });
        return { path: `${index}`, namespace: 'late', pluginData: { path, name } };
      });
    }
    onLoad({ filter: /[\\/](wrap-ansi|slice-ansi|ansi-tokenize)[\\/].*\.js$/ }, ({ path }) => ({
      contents: lateSegmenter(readFileSync(path, 'utf8')),
    }));
    onLoad({ filter: /.*/, namespace: 'late' }, ({ pluginData: { path, name } }) => {
      const called = `(...given) => require(${JSON.stringify(path)}).${name}(...given)`;
      return {
        contents: name === 'default' ? `export default ${called};` : `export const ${name} = ${called};`,
        resolveDir: import.meta.dirname,
      };
    });
  },
};
