/**
 * `npm run docs`: updates the tables in the documentation, the man page and the shell completions from the tables in the
 * code. With `--check`, writes nothing, and exits with 1 if a file is out of date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { bash, fish, zsh } from './completions.ts';
import { manPage } from './man.ts';
import {
  commandTable,
  defaultRuleTable,
  environmentTable,
  exitCodeTable,
  fieldTable,
  fileTable,
  flagTable,
  incidentTable,
  keyTable,
  metricTable,
  operatorTable,
  screen,
  themeTable,
  unitTable,
} from './tables.ts';

type Generators = Readonly<Record<string, () => string>>;

/** Text between `<!-- NAME -->` and `<!-- /NAME -->`, by file and name. */
const blocks: Readonly<Record<string, Generators>> = {
  'README.md': { screen: () => screen('test/ui/golden/live/80x24.txt') },
  'docs/guide/incidents.md': { incidents: incidentTable },
  'docs/guide/views.md': { themes: themeTable },
  'docs/guide/alerts.md': { metrics: metricTable, units: unitTable, 'default-rules': defaultRuleTable },
  'docs/guide/filter.md': { fields: fieldTable, operators: operatorTable },
  'docs/reference/cli.md': {
    commands: commandTable,
    flags: flagTable,
    'exit-codes': exitCodeTable,
    environment: environmentTable,
    files: fileTable,
  },
  'docs/reference/keys.md': {
    keys: () => keyTable('normal', 'live'),
    'replay-keys': () => keyTable('normal', 'replay', true),
    'details-keys': () => keyTable('details', 'live'),
    'found-keys': () => keyTable('found', 'live'),
    'log-keys': () => keyTable('log', 'live'),
    'sort-keys': () => keyTable('sort', 'live'),
    'search-keys': () => keyTable('search', 'live'),
    'overview-keys': () => keyTable('overview', 'replay'),
    'alert-keys': () => keyTable('alerts', 'live'),
    'filter-keys': () => keyTable('filter', 'live'),
    'note-keys': () => keyTable('note', 'live'),
    'time-keys': () => keyTable('jump', 'replay'),
    'help-keys': () => keyTable('help', 'live'),
  },
};

/** Files that are generated as a whole. */
const generated: Generators = {
  'man/churntop.1': () => manPage(manifest.version),
  'completions/churntop.bash': bash,
  'completions/_churntop': zsh,
  'completions/churntop.fish': fish,
};

/** Replaces one block of a page. @throws if the page has no such block */
const replaceBlock = (text: string, name: string, content: string): string => {
  const start = `<!-- ${name} -->`;
  const end = `<!-- /${name} -->`;
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`no block ${name}`);
  return `${before}${start}\n${content}\n${end}${after}`;
};

/** Returns a page with all its blocks replaced. */
const withBlocks = (file: string, generators: Generators): string =>
  Object.entries(generators).reduce(
    (text, [name, generate]) => replaceBlock(text, name, generate()),
    readFileSync(file, 'utf8'),
  );

const outputs: [file: string, text: string][] = [
  ...Object.entries(blocks).map(([file, generators]): [string, string] => [
    file,
    withBlocks(file, generators),
  ]),
  ...Object.entries(generated).map(([file, generate]): [string, string] => [file, generate()]),
];
const check = process.argv.includes('--check');
for (const [file, text] of outputs) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (check) {
    process.stderr.write(`${file} is out of date: run npm run docs\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
