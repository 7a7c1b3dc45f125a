import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encode } from '../../../src/trace/format/encode.ts';
import { exited, spawned } from '../../support/fixtures/events.ts';
import { syntheticEvents, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';
import { program } from '../../support/harness/pty.ts';
import { requirePublished } from '../../support/harness/published-packages.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

/** A fenced block of docs/guide/recipes.md: its heading, its language, and the tool that it needs. */
type Recipe = { heading: string; language: string; needs: string; code: string };

const recipes = [
  ...readFileSync('docs/guide/recipes.md', 'utf8').matchAll(
    /(?:^## (.+)$)|(?:^(?:<!-- needs (\S+) -->\n)?```(\w+)\n([\s\S]*?)^```$)/gm,
  ),
].reduce<{ heading: string; found: Recipe[] }>(
  ({ heading, found }, [, title, needs = '', language = '', code = '']) => {
    if (title !== undefined) return { heading: title, found };
    return { heading, found: [...found, { heading, language, needs, code }] };
  },
  { heading: '', found: [] },
).found;

/** The command line of DuckDB, from the npm package. */
const duckdb =
  requirePublished<object>('@duckdb/node-api') &&
  join(import.meta.dirname, '../../support/programs/duckdb.mjs');

const isInstalled = (tool: string): boolean =>
  tool === '' ||
  (tool === 'duckdb' && duckdb !== undefined) ||
  spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

const folder = createTempDir();
afterAll(() => folder.remove());
beforeAll(() => {
  // A rotated trace: two parts, one of them compressed, one that is being compressed, and the current file.
  const lines = [...syntheticTrace(syntheticEvents(6000))];
  lines.splice(4, 0, ...hostileEvents);
  const third = Math.ceil(lines.length / 3);
  const header = (lines[0] as string).split('\n')[0]?.replace(/"seq":\d+,?/, '');
  const part = (index: number) =>
    `${index === 0 ? '' : `${header}\n`}${lines.slice(index * third, (index + 1) * third).join('')}`;
  writeFileSync(join(folder.path, 'trace.000001.ndjson.gz'), gzipSync(part(0)));
  writeFileSync(join(folder.path, 'trace.000002.ndjson'), part(1));
  writeFileSync(join(folder.path, '.trace.000002.ndjson.gz.part'), gzipSync(part(1)).subarray(0, 100));
  writeFileSync(join(folder.path, 'trace.ndjson'), part(2));
  exits = lines.filter((line) => line.includes('"process.exited"')).length;
  shim('churntop', program);
  if (duckdb !== undefined) shim('duckdb', duckdb);
});

let exits = 0;

const hostileName = '\x1b[31m\x9b2J\u202e';
/** Processes whose names control a terminal, more than of any other name. */
const hostileEvents = Array.from({ length: 4000 }, (_, index) => index + 100_000).flatMap((pid) => [
  `${encode(spawned(pid, hostileName, 101))}\n`,
  `${encode(exited(pid, hostileName, 101, { lifetime_ns: 1_000n }))}\n`,
]);

const shim = (name: string, script: string) => {
  const path = join(folder.path, name);
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(path, 0o755);
};

const run = (code: string) =>
  spawnSync('bash', ['--norc', '-euc', code], {
    cwd: folder.path,
    env: { ...process.env, PATH: `${folder.path}:${process.env.PATH}` },
    encoding: 'utf8',
  });

const checks: Readonly<Record<string, (file: string) => string>> = {
  toml: (file) => `vector validate --no-environment ${file}`,
  yaml: (file) => `fluent-bit --dry-run -c ${file}`,
};

describe('docs/guide/recipes.md', () => {
  const runnable = recipes.filter(({ language }) => language === 'sh');
  for (const [index, { heading, needs, code }] of runnable.entries()) {
    const missing = isInstalled(needs) ? '' : ` (skipped: ${needs} not installed)`;
    test.skipIf(missing !== '')(`${heading} ${index}${missing}`, () => {
      const { status, stdout, stderr } = run(code);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      for (const line of stdout.split('\n')) expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
    });
  }

  for (const { heading, needs, language, code } of recipes.filter((recipe) => recipe.language in checks)) {
    const missing = isInstalled(needs) ? '' : ` (skipped: ${needs} not installed)`;
    test.skipIf(missing !== '')(`${heading}${missing}`, () => {
      const file = `config.${language}`;
      writeFileSync(join(folder.path, file), code);
      expect(run((checks[language] as (file: string) => string)(file)).status).toBe(0);
    });
  }

  test.skipIf(!isInstalled('jq'))(
    '[fault:recipe-names] the recipe of jq counts names that are hostile',
    () => {
      const code = runnable.find(({ code }) => code.includes('sort | uniq -c'))?.code ?? '';
      expect(run(code).stdout).toMatch(/^ *4000 "\\u001b\[31m\\u009b2J\\u202e"\n/);
    },
  );

  const duckdbMissing = isInstalled('duckdb') ? '' : ' (skipped: duckdb not installed)';
  test.skipIf(duckdbMissing !== '')(
    `[fault:recipe-parts] DuckDB reads each part once${duckdbMissing}`,
    () => {
      const code = runnable.find(({ needs }) => needs === 'duckdb')?.code.replace(' LIMIT 10', '') ?? '';
      const rows = run(code)
        .stdout.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(rows.reduce((sum, { lives }) => sum + Number(lives), 0)).toBe(exits);
    },
  );

  test('[fault:recipe-parts] an agent follows the current file only', () => {
    const globs = recipes
      .filter(({ language }) => language in checks)
      .map(({ code }) => /(?:include|path).*\n/.exec(code)?.[0]);
    expect(globs).toHaveLength(2);
    for (const glob of globs) expect(glob).toMatch(/\/trace\.ndjson\b/);
  });

  test('recipes are found in every language, and write their outputs', () => {
    expect(recipes.map(({ language }) => language)).toEqual(
      expect.arrayContaining(['sh', 'sql', 'toml', 'yaml']),
    );
    const perfetto = JSON.parse(readFileSync(join(folder.path, 'trace.perfetto.json'), 'utf8'));
    expect(perfetto.traceEvents.length).toBeGreaterThan(2000);
    expect(readFileSync(join(folder.path, 'otlp.ndjson'), 'utf8')).toContain('resourceLogs');
  });
});
