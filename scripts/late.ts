import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** What is loaded when it is first used, not when who may use it is loaded: who imports what, and by which names. */
const late: readonly { by: RegExp; what: string; names: readonly string[] }[] = [
  // Unicode's tables take 20 ms, and most guests never show a text that needs them.
  { by: /[\\/]src[\\/]ui[\\/]width\.ts$/, what: 'string-width', names: ['default'] },
  // tput is asked where nothing else knows how large a terminal is.
  { by: /[\\/]terminal-size[\\/]index\.js$/, what: 'node:child_process', names: ['execFileSync'] },
  // Asked to keep the heap small, once the first frame is there.
  { by: /[\\/]src[\\/]cli[\\/]small-heap\.ts$/, what: 'node:v8', names: ['setFlagsFromString'] },
  // Rows bring their own colours.
  {
    by: /[\\/]ink[\\/]build[\\/].*\.js$/,
    what: 'chalk',
    names: ['default', 'foregroundColorNames'],
  },
  // What Ink draws of an error that a component threw, with the lines of the source.
  {
    by: /[\\/]ink[\\/]build[\\/]components[\\/]ErrorBoundary\.js$/,
    what: './ErrorOverview.js',
    names: ['default'],
  },
];

/** So is this one, which packages make when they are loaded: it takes 12 ms. */
const segmenter = /^const (\w+) = (new Intl\.Segmenter\(.*\));$/m;

export const lateSegmenter = (source: string): string =>
  source.replace(segmenter, 'let made; const $1 = { segment: (text) => (made ??= $2).segment(text) };');

const given = (path: string, name: string): string =>
  `new Proxy(() => {}, {
    apply: (_, it, given) => require(${JSON.stringify(path)}).${name}.apply(it, given),
    get: (_, key) => require(${JSON.stringify(path)}).${name}[key],
  })`;

/** Bundles what loads what it needs when it is used. */
export const lateParts: Plugin = {
  name: 'late-parts',
  setup({ onResolve, onLoad, resolve }) {
    for (const [index, { by, what, names }] of late.entries()) {
      const exactly = new RegExp(`^${what.replaceAll('.', '\\.')}$`);
      onResolve({ filter: exactly }, async ({ importer, namespace, resolveDir, kind }) => {
        if (namespace !== 'file' || !by.test(importer)) return undefined;
        const { path } = await resolve(what, { importer: 'late', namespace: 'late', resolveDir, kind });
        return { path: `${index}`, namespace: 'late', pluginData: { path, names } };
      });
    }
    onLoad({ filter: /[\\/](wrap-ansi|slice-ansi|ansi-tokenize)[\\/].*\.js$/ }, ({ path }) => ({
      contents: lateSegmenter(readFileSync(path, 'utf8')),
    }));
    onLoad({ filter: /.*/, namespace: 'late' }, ({ pluginData: { path, names } }) => ({
      contents: (names as string[])
        .map(
          (name) =>
            `${name === 'default' ? 'export default' : `export const ${name} =`} ${given(path, name)};`,
        )
        .join('\n'),
      resolveDir: import.meta.dirname,
    }));
  },
};
