import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { lean } from '../../scripts/lean.ts';

const folder = mkdtempSync(join(tmpdir(), 'churntop-lean-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a component draws, bundled as the program is, into one script. */
const draw = async (component: string, env: NodeJS.ProcessEnv = {}) => {
  const outfile = join(folder, 'screen.cjs');
  await build({
    stdin: {
      contents: `import { createElement as h } from 'react'; import { Box, render, Text } from 'ink'; ${component}
        render(h(Component)).waitUntilExit().catch(() => {});`,
      resolveDir: '.',
    },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    plugins: lean,
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  return spawnSync(process.execPath, [outfile], {
    encoding: 'utf8',
    env: { ...process.env, CI: '', DEV: 'true', ...env },
  }).stdout;
};

test('what is bundled lays out and draws, wide characters too, and in one script', async () => {
  const box = `h(Box, { borderStyle: 'single', width: 9 }, h(Text, { wrap: 'truncate' }, '漢字 and more'))`;
  expect(await draw(`const Component = () => ${box};`)).toBe(
    ['┌───────┐', '│漢字 a…│', '└───────┘', ''].join('\n'),
  );
});

test('colours are drawn, though they are loaded at the first that is asked for', async () => {
  const text = `h(Text, { color: 'red', dimColor: true }, 'warm')`;
  expect(await draw(`const Component = () => ${text};`, { FORCE_COLOR: '1' })).toContain(
    '\x1b[31m\x1b[2mwarm\x1b[22m\x1b[39m',
  );
});

test('an error that a component throws is shown', async () => {
  expect(await draw(`const Component = () => { throw new Error('boom'); };`)).toMatch(/ERROR\s+boom/);
});

test('of what is installed twice in one version one copy is bundled', async () => {
  const { metafile } = await build({
    stdin: { contents: "import 'ink';", resolveDir: '.' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    plugins: lean,
  });
  const exits = Object.keys(metafile.inputs).filter((path) => path.endsWith('/signal-exit/index.js'));
  expect(exits).toEqual(['node_modules/ink/node_modules/signal-exit/index.js']);
});

test('the abilities of a renderer are read off what Ink says of itself', async () => {
  const { outputFiles } = await build({
    stdin: { contents: "import 'ink';", resolveDir: '.' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    plugins: lean,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const text = outputFiles[0]?.text ?? '';
  expect(text).toMatch(/\bdeclared_supportsHydration = /);
  expect(text).not.toMatch(/\bsupportsHydration\b(?! *[:=]|;)/);
});
