/** `npm run docs`: tables of the README, man page and completions, drawn from the tables of the code; `--check` fails when they are stale. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { flagLines } from '../../src/cli/args/flags.ts';
import { exitCodes } from '../../src/cli/support/errors.ts';
import { metrics, units } from '../../src/domain/alerts/metrics.ts';
import { defaultRules, printRule } from '../../src/domain/alerts/rule.ts';
import { fields, operatorHelp } from '../../src/domain/filter/fields.ts';
import type { Mode, Watched } from '../../src/store/keys/binding.ts';
import { keyLabel } from '../../src/store/keys/key-names.ts';
import { bindingsFor } from '../../src/store/keys/keymap.ts';
import { themeNames, themes } from '../../src/ui/theme/themes.ts';
import { bash, fish, zsh } from './completions.ts';
import { manPage } from './man.ts';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;

const keyRows = (mode: Mode, watched: Watched, only = false) =>
  bindingsFor(watched)
    .filter(
      (binding) => binding.mode === mode && binding.help !== '' && (!only || binding.watched === watched),
    )
    .map(({ keys, help }) => [keys.map((key) => code(keyLabel(key))).join(' '), help]);

/** A screen as the tests hold it. */
const screenRows = (golden: string) =>
  readFileSync(golden, 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => row.trimEnd());

/** What stands between `<!-- NAME -->` and `<!-- /NAME -->`, by file and name. */
const sections: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'README.md': {
    screen: () => ['```', ...screenRows('test/ui/golden/live-80x24.txt'), '```'].join('\n'),
    keys: () => table(['key', 'does'], keyRows('normal', 'live')),
    'replay-keys': () => table(['in a replay', 'does'], keyRows('normal', 'replay', true)),
    'filter-keys': () => table(['in the filter line', 'does'], keyRows('filter', 'live')),
    flags: () =>
      table(
        ['flag', 'does'],
        flagLines().map(({ usage, help }) => [code(usage.trim()), help]),
      ),
    themes: () =>
      table(
        ['theme', 'is'],
        themeNames.map((name) => [code(name), themes[name].what]),
      ),
    'exit-codes': () =>
      table(
        ['code', 'when'],
        Object.values(exitCodes).map(({ code: number, when }) => [String(number), when]),
      ),
  },
  'docs/guide/alerts.md': {
    metrics: () =>
      table(
        ['metric', 'is', 'by', 'for example'],
        metrics.map(({ name, help, groups, example }) => [
          code(name),
          help,
          groups.map(code).join(' ') || 'all only',
          code(example),
        ]),
      ),
    units: () =>
      table(
        ['metrics', 'units of the number'],
        Object.entries(units).map(([unit, { factors }]) => [
          metrics
            .filter((metric) => metric.unit === unit)
            .map(({ name }) => code(name))
            .join(' '),
          Object.keys(factors)
            .map((each) => (each === '' ? 'none' : code(each)))
            .join(' '),
        ]),
      ),
    unasked: () =>
      table(
        ['rule'],
        defaultRules.map((rule) => [code(printRule(rule))]),
      ),
  },
  'docs/guide/filter.md': {
    fields: () =>
      table(
        ['field', 'is', 'operators', 'for example'],
        fields.map(({ name, help, operators: takes, example }) => [
          code(name),
          help,
          takes.map(code).join(' '),
          code(example),
        ]),
      ),
    operators: () =>
      table(
        ['operator', 'the fact'],
        Object.entries(operatorHelp).map(([operator, help]) => [code(operator), help]),
      ),
  },
};

const fill = (text: string, name: string, content: string): string => {
  const from = `<!-- ${name} -->`;
  const to = `<!-- /${name} -->`;
  const [before, rest] = text.split(from);
  const after = rest?.split(to)[1];
  if (before === undefined || after === undefined) throw new Error(`no section ${name}`);
  return `${before}${from}\n${content}\n${to}${after}`;
};

/** Files that are drawn whole. */
const drawn: Readonly<Record<string, () => string>> = {
  'man/churntop.1': () => manPage(manifest.version),
  'completions/churntop.bash': bash,
  'completions/_churntop': zsh,
  'completions/churntop.fish': fish,
};

const filled = (file: string, parts: Readonly<Record<string, () => string>>): string =>
  Object.entries(parts).reduce(
    (text, [name, content]) => fill(text, name, content()),
    readFileSync(file, 'utf8'),
  );

const fresh: [string, string][] = [
  ...Object.entries(sections).map(([file, parts]): [string, string] => [file, filled(file, parts)]),
  ...Object.entries(drawn).map(([file, draw]): [string, string] => [file, draw()]),
];
const check = process.argv.includes('--check');
for (const [file, text] of fresh) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (check) {
    process.stderr.write(`${file} is stale: run npm run docs\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
