import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
  writeFileSync(join(folder.path, 'trace.ndjson'), [...syntheticTrace(syntheticEvents(2000))].join(''));
  shim('churntop', program);
  if (duckdb !== undefined) shim('duckdb', duckdb);
});

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
      const { status, stderr } = run(code);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
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

  test('recipes are found in every language, and write their outputs', () => {
    expect(recipes.map(({ language }) => language)).toEqual(
      expect.arrayContaining(['sh', 'sql', 'toml', 'yaml']),
    );
    const perfetto = JSON.parse(readFileSync(join(folder.path, 'trace.perfetto.json'), 'utf8'));
    expect(perfetto.traceEvents.length).toBeGreaterThan(2000);
    expect(readFileSync(join(folder.path, 'trace.otlp.ndjson'), 'utf8')).toContain('resourceLogs');
  });
});
