import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { lateSegmenter } from './late.ts';
import { type Replaced, readReplaced } from './replaced.ts';

const ui = resolve(import.meta.dirname, '../src/ui');

/** What of Ink is wrapped: its module's default export, and by what of ours. */
const wrapped: readonly { module: string; theirs: string; name: string; ours: string; from: string }[] = [
  { module: 'output.js', theirs: 'class Output', name: 'Output', ours: 'leanOutput', from: 'ink/output.ts' },
  {
    module: 'line-update.js',
    theirs: 'function lineUpdate',
    name: 'lineUpdate',
    ours: 'leanLine',
    from: 'ink/line-diff.ts',
  },
  {
    module: 'squash-text-nodes.js',
    theirs: 'squashTextNodes',
    name: 'squashTextNodes',
    ours: 'leanText',
    from: 'ink/text.ts',
  },
  {
    module: 'measure-text.js',
    theirs: 'measureText',
    name: 'measureText',
    ours: 'leanMeasure',
    from: 'ink/text.ts',
  },
];

/** Where a window that is as large as before would draw everything again, as it does right after the first frame. */
const sameSize: Replaced = {
  what: /\bsetSize\(getWindowSize\(stdout\)\)/,
  by: `setSize((size) => {
    const now = getWindowSize(stdout);
    return now.columns === size.columns && now.rows === size.rows ? size : now;
  })`,
};

/** Bundles shorter ways into Ink, in front of its own: how lines are joined and updated, and how wide a text is. */
export const leanInk: Plugin = {
  name: 'lean-ink',
  setup({ onLoad, onResolve }) {
    for (const { module, theirs, name, ours, from } of wrapped) {
      onLoad({ filter: new RegExp(`[\\\\/]ink[\\\\/]build[\\\\/]${module}$`) }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const head = `export default ${theirs}`;
        if (!source.includes(head)) throw new Error(`${path}: another Ink, with no ${head}`);
        return {
          contents: [
            `import { ${ours} } from ${JSON.stringify(`${ui}/${from}`)};`,
            lateSegmenter(source.replace(head, theirs)),
            `export default ${ours}(${name});`,
          ].join('\n'),
        };
      });
    }
    onLoad({ filter: /[\\/]ink[\\/]build[\\/]hooks[\\/]use-window-size\.js$/ }, ({ path }) => ({
      contents: readReplaced(path, [sameSize]),
    }));
    onResolve({ filter: /^string-width$/ }, ({ importer, namespace }) =>
      namespace !== 'file' || importer === `${ui}/text/width.ts`
        ? undefined
        : { path: `${ui}/text/width.ts` },
    );
  },
};
