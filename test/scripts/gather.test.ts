import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { gather } from '../../scripts/gather.ts';

const folder = mkdtempSync(join(tmpdir(), 'churntop-gather-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Script = { needs?: string[]; later?: string[] };

/** Scripts that say when they run and what they were given by those they need, as esbuild tells of them. */
const made = (scripts: Record<string, Script>) => {
  const pathOf = (name: string) => (name === 'entry' ? 'dist/entry.cjs' : `dist/chunks/${name}-1.cjs`);
  const from = (name: string, other: string) => `${name === 'entry' ? './chunks/' : './'}${other}-1.cjs`;
  const codes = new Map<string, string>();
  const outputs: Metafile['outputs'] = {};
  for (const [name, { needs = [], later = [] }] of Object.entries(scripts)) {
    codes.set(
      pathOf(name),
      `var ${needs.map((need) => `n${need}=require("${from(name, need)}")`).concat('own=1')};` +
        `console.log("${name}"${needs.map((need) => `,n${need}.name`).join('')});` +
        `module.exports={name:"${name}"};` +
        later.map((other) => `process.nextTick(()=>require("${from(name, other)}"));`).join(''),
    );
    outputs[pathOf(name)] = {
      bytes: 0,
      inputs: {},
      exports: [],
      imports: [
        ...needs.map((need) => ({ path: pathOf(need), kind: 'import-statement' as const })),
        ...later.map((other) => ({ path: pathOf(other), kind: 'dynamic-import' as const })),
        { path: 'node:fs', kind: 'import-statement' as const, external: true },
      ],
    };
  }
  return gather(codes, outputs, pathOf('entry'));
};

test('what is always loaded is in the scripts that load it, and all run once, in order', () => {
  const gathered = made({
    entry: { needs: ['words'], later: ['main'] },
    main: { needs: ['deep', 'words', 'wide'], later: ['screen', 'report'] },
    screen: { needs: ['shared', 'wide', 'words'] },
    report: { needs: ['shared', 'deep'] },
    words: {},
    deep: { needs: ['words'] },
    wide: { needs: ['deep'] },
    shared: { needs: ['wide'] },
  });
  expect([...gathered.keys()].map((path) => path.replace(/^dist\/(chunks\/)?|(-1)?\.cjs$/g, ''))).toEqual([
    'entry',
    'main',
    'screen',
    'report',
    'shared',
  ]);
  for (const [path, code] of gathered) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), code);
  }
  const said = execFileSync(process.execPath, [join(folder, 'dist/entry.cjs')], { encoding: 'utf8' });
  expect(said.trimEnd().split('\n')).toEqual([
    'words',
    'entry words',
    'deep words',
    'wide deep',
    'main deep words wide',
    'shared wide',
    'screen shared wide words',
    'report shared deep',
  ]);
});

test('a script that may go on in two ways takes up what it needs itself, and no more', () => {
  const gathered = made({
    entry: { needs: ['a'], later: ['b', 'c'] },
    a: {},
    b: { needs: ['d'] },
    c: { needs: ['d'] },
    d: {},
  });
  expect([...gathered.keys()]).toEqual([
    'dist/entry.cjs',
    'dist/chunks/b-1.cjs',
    'dist/chunks/c-1.cjs',
    'dist/chunks/d-1.cjs',
  ]);
});
