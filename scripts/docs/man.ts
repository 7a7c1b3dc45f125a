/** The man page, generated from the tables in the code. */
import { type Command, type CommandName, commands, commandUsage } from '../../src/cli/args/commands.ts';
import type { Flag } from '../../src/cli/args/flag-type.ts';
import { flags } from '../../src/cli/args/flags.ts';
import { exitCodes } from '../../src/cli/support/exit-codes.ts';
import { filterFields, operatorHelp } from '../../src/domain/filter/fields.ts';
import { helpSections } from '../../src/store/keys/help.ts';
import { keyLabel } from '../../src/store/keys/key-names.ts';
import { commandsOf, environment, files, invocation } from './manual.ts';

/** Escapes text for roff, so that it contains no markup and only ASCII characters. */
export const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(
      /[^\x00-\x7f]/gu,
      (character) => `\\[u${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replaceAll(/^([.'])/gm, '\\&$1');

const bold = (text: string): string => `\\fB${roff(text)}\\fR`;
const italic = (text: string): string => `\\fI${roff(text)}\\fR`;
const section = (title: string, ...lines: string[]): string[] => [`.SH ${title}`, ...lines];
const entry = (term: string, text: string): string[] => ['.TP', term, roff(text)];
const entries = (rows: Readonly<Record<string, string>>): string[] =>
  Object.entries(rows).flatMap(([term, text]) => entry(bold(term), text));

const flagTerm = ({ short, name, value }: Flag): string =>
  [short ? `${bold(`-${short}`)}, ` : '', bold(`--${name}`), value ? ` ${italic(value)}` : ''].join('');

const names = Object.keys(commands) as CommandName[];

const operandOf = (name: CommandName): string => {
  const { operand }: Command = commands[name];
  return operand === undefined ? '' : ` ${italic(operand)}`;
};

/** Returns a flag's help, followed by the commands that take it. */
const flagHelp = (flag: Flag): string => {
  const only = commandsOf(flag);
  return only === undefined ? flag.help : `${flag.help} (${only.join(', ')})`;
};

/** What follows the titles of the keys of a kind of source. */
const keySuffixes = { live: '', replay: ', in a replay', fleet: ', with several guests' } as const;

const description = [
  'churntop shows which processes spawn, exec and exit on this guest, how often, and how long they live. It records them as NDJSON, replays recordings, and reports on them.',
  'It needs no privileges. It receives process events from the kernel where Linux 6.6 or later sends them, and polls /proc elsewhere. A process that lives for less than the sampling interval of polling can be missed. churntop counts the tasks that it missed and reports the count in the header, the status and the trace.',
  'churntop writes dumps, recordings and exports where you ask for them. It writes nothing else, opens no network connection and changes no process.',
];

const examples: Readonly<Record<string, string>> = {
  'churntop --filter nginx': 'open the screen and show processes whose name contains nginx',
  'churntop record --rotate 64MiB --keep 8 churn.ndjson': 'record a trace with limited disk space',
  'churntop view churn.ndjson': 'replay the trace',
  'churntop report --for 30s': 'watch for half a minute and print a report',
};

export const manPage = (version: string): string =>
  `${[
    `.TH CHURNTOP 1 "" "churntop ${version}" "User Commands"`,
    ...section('NAME', 'churntop \\- top for what comes and goes: watch processes spawn and exit, live'),
    ...section(
      'SYNOPSIS',
      ...names.flatMap((name, index) => [
        ...(index === 0 ? [] : ['.br']),
        `${bold(invocation(name))} [flags]${operandOf(name)}`,
      ]),
    ),
    ...section('DESCRIPTION', ...description.flatMap((paragraph) => [roff(paragraph), '.PP'])),
    ...section('COMMANDS', ...names.flatMap((name) => entry(bold(commandUsage(name)), commands[name].help))),
    ...section(
      'OPTIONS',
      ...Object.values<Flag>(flags).flatMap((flag) => entry(flagTerm(flag), flagHelp(flag))),
    ),
    ...section(
      'KEYS',
      ...(['live', 'replay', 'fleet'] as const).flatMap((watched) =>
        helpSections(watched)
          .map(({ title, keys }) => ({
            title: title.startsWith('While') ? title : `${title}${keySuffixes[watched]}`,
            keys:
              watched === 'live' ? keys : keys.filter((binding) => binding.sourceKinds?.join() === watched),
          }))
          .filter(({ keys }) => keys.length > 0)
          .flatMap(({ title, keys }) => [
            `.SS ${title}`,
            ...keys.flatMap(({ keys: pressed, help }) =>
              entry(pressed.map((key) => bold(keyLabel(key))).join(', '), help),
            ),
          ]),
      ),
    ),
    ...section(
      'FILTERS',
      roff(
        'A word matches part of the comm or of the command (smart case), /regex/ is a regular expression for the comm. Combine terms with !, and, or and ( ). Fields:',
      ),
      ...filterFields.flatMap(({ name, help, example }) => entry(bold(name), `${help}; ${example}`)),
      '.PP',
      'Operators:',
      ...entries(operatorHelp),
    ),
    ...section(
      'EXIT STATUS',
      ...Object.values(exitCodes).flatMap(({ code, when }) => entry(bold(String(code)), when)),
    ),
    ...section('ENVIRONMENT', ...entries(environment)),
    ...section('FILES', ...entries(files)),
    ...section('EXAMPLES', ...entries(examples)),
    ...section('SEE ALSO', '.BR top (1),', '.BR proc (5)'),
  ].join('\n')}\n`;
