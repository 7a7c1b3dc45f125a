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
const draw = async (component: string) => {
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
    env: { ...process.env, CI: '', DEV: 'true' },
  }).stdout;
};

test('what is bundled lays out and draws, wide characters too, and in one script', async () => {
  const box = `h(Box, { borderStyle: 'single', width: 9 }, h(Text, { wrap: 'truncate' }, '漢字 and more'))`;
  expect(await draw(`const Component = () => ${box};`)).toBe(
    ['┌───────┐', '│漢字 a…│', '└───────┘', ''].join('\n'),
  );
});

test('an error that a component throws is shown', async () => {
  expect(await draw(`const Component = () => { throw new Error('boom'); };`)).toMatch(/ERROR\s+boom/);
});
