/** Markdown tables of the documentation, generated from the tables in the code. */
import { readFileSync } from 'node:fs';
import { type CommandName, commands, commandUsage } from '../../src/cli/args/commands.ts';
import type { Flag } from '../../src/cli/args/flag-type.ts';
import { flags } from '../../src/cli/args/flags.ts';
import { exitCodes } from '../../src/cli/support/exit-codes.ts';
import { metrics, units } from '../../src/domain/alerts/metrics.ts';
import { defaultRules, formatRule } from '../../src/domain/alerts/rule.ts';
import { filterFields, operatorHelp } from '../../src/domain/filter/fields.ts';
import type { Binding, SourceKind } from '../../src/store/keys/binding.ts';
import { keyLabel } from '../../src/store/keys/key-names.ts';
import { bindingsFor } from '../../src/store/keys/keymap.ts';
import { themeNames, themes } from '../../src/ui/theme/themes.ts';
import { incidents } from '../../test/incidents/incidents.ts';
import { commandsOf, environment, files, flagUsage } from './manual.ts';

/** Formats a Markdown table. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Formats text as code for a table cell. */
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

/** Formats a table of two columns: a term in code style, and its text. */
const termTable = (head: readonly [string, string], rows: Readonly<Record<string, string>>): string =>
  table(
    head,
    Object.entries(rows).map(([term, text]) => [code(term), text]),
  );

export const commandTable = (): string =>
  table(
    ['command', 'meaning'],
    (Object.keys(commands) as CommandName[]).map((name) => [code(commandUsage(name)), commands[name].help]),
  );

export const flagTable = (): string =>
  table(
    ['flag', 'meaning', 'commands', 'config file'],
    Object.values<Flag>(flags).map((flag) => [
      code(flagUsage(flag)),
      flag.help,
      commandsOf(flag)?.map(code).join(', ') ?? 'all',
      flag.config ? 'yes' : '',
    ]),
  );

export const exitCodeTable = (): string =>
  table(
    ['code', 'when'],
    Object.values(exitCodes).map(({ code: number, when }) => [String(number), when]),
  );

export const environmentTable = (): string => termTable(['variable', 'meaning'], environment);

export const fileTable = (): string => termTable(['file', 'meaning'], files);

export const themeTable = (): string =>
  table(
    ['theme', 'description'],
    themeNames.map((name) => [code(name), themes[name].description]),
  );

/** Formats the keys of one mode. With `only`, omits the keys that every kind of source has. */
export const keyTable = (mode: Binding['mode'], sourceKind: SourceKind, only = false): string =>
  table(
    ['key', 'action'],
    bindingsFor(sourceKind)
      .filter(
        (binding) =>
          binding.mode === mode &&
          binding.help !== '' &&
          (!only || binding.sourceKinds?.join() === sourceKind),
      )
      .map(({ keys, help }) => [keys.map((key) => code(keyLabel(key))).join(' '), help]),
  );

export const metricTable = (): string =>
  table(
    ['metric', 'meaning', 'grouping', 'example'],
    metrics.map(({ name, help, groupings, example }) => [
      code(name),
      help,
      groupings.map(code).join(' ') || 'none',
      code(example),
    ]),
  );

export const unitTable = (): string =>
  table(
    ['metrics', 'units'],
    Object.entries(units).map(([unit, { factors }]) => [
      metrics
        .filter((metric) => metric.unit === unit)
        .map(({ name }) => code(name))
        .join(' '),
      Object.keys(factors)
        .map((each) => (each === '' ? 'none' : code(each)))
        .join(' '),
    ]),
  );

export const defaultRuleTable = (): string =>
  table(
    ['rule'],
    defaultRules.map((rule) => [code(formatRule(rule))]),
  );

export const fieldTable = (): string =>
  table(
    ['field', 'meaning', 'operators', 'example'],
    filterFields.map(({ name, help, operators, example }) => [
      code(name),
      help,
      operators.map(code).join(' '),
      code(example),
    ]),
  );

export const operatorTable = (): string => termTable(['operator', 'meaning'], operatorHelp);

/** Formats a screen of the golden tests as a code block. */
export const screen = (golden: string): string => {
  const rows = readFileSync(golden, 'utf8').trimEnd().split('\n');
  return ['```', ...rows.map((row) => row.trimEnd()), '```'].join('\n');
};

const pressed: Readonly<Record<string, string>> = {
  '\r': 'Enter',
  '\x1b': 'Esc',
  '\t': 'Tab',
  '\x1b[C': '→',
};

export const incidentTable = (): string =>
  table(
    ['incident', 'question', 'keys', 'answer'],
    incidents.map(({ incident, question, steps, answer }) => [
      incident,
      question,
      steps.map(({ key }) => code(pressed[key] ?? key)).join(' ') || 'none',
      answer,
    ]),
  );
