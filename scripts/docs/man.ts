/** The man page, drawn from the tables of the code. */
import { type Command, type CommandName, commands } from '../../src/cli/args/commands.ts';
import { commandUsage, type Flag, flags } from '../../src/cli/args/flags.ts';
import { exitCodes } from '../../src/cli/support/errors.ts';
import { filterFields, operatorHelp } from '../../src/domain/filter/fields.ts';
import { helpSections } from '../../src/store/keys/help.ts';
import { keyLabel } from '../../src/store/keys/key-names.ts';

/** Text as roff: nothing in it is taken for markup, and any troff can set it. */
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

const flagTerm = ({ short, name, value }: Flag): string =>
  [short ? `${bold(`-${short}`)}, ` : '', bold(`--${name}`), value ? ` ${italic(value)}` : ''].join('');

const names = Object.keys(commands) as CommandName[];

const operandOf = (name: CommandName): string => {
  const { operand }: Command = commands[name];
  return operand === undefined ? '' : ` ${italic(operand)}`;
};

/** `churntop record`, without its operand. */
const invocation = (name: CommandName): string => {
  const { subcommand }: Command = commands[name];
  return subcommand === undefined ? 'churntop' : `churntop ${subcommand}`;
};

const concerns = ({ commands: of }: Flag): string =>
  of === undefined ? '' : ` (${of.map(invocation).join(', ')})`;

/** All of the environment that is read. */
const environment: Readonly<Record<string, string>> = {
  NO_COLOR: 'set to anything: no colours; weight and inversion stay',
  FORCE_COLOR: 'colours even where NO_COLOR is set; 0: none',
  TERM: 'dumb: no screen; use --ndjson there',
  'LC_ALL, LC_CTYPE, LANG':
    'the first that is set: where it is not UTF-8, the screen is drawn with ASCII only',
};

const notes = [
  'What is shown was seen in /proc by an unprivileged reader: it is declared, not attested by the kernel. A process that lives shorter than the time between two looks can be missed; such tasks are counted as unseen, and the header, the status and the trace say so.',
  'churntop reads only; it writes where it was told to (dump, record), and nowhere else.',
];

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
    ...section('DESCRIPTION', ...notes.flatMap((note) => [roff(note), '.PP'])),
    ...section('COMMANDS', ...names.flatMap((name) => entry(bold(commandUsage(name)), commands[name].help))),
    ...section(
      'OPTIONS',
      ...Object.values<Flag>(flags).flatMap((flag) => entry(flagTerm(flag), `${flag.help}${concerns(flag)}`)),
    ),
    ...section(
      'KEYS',
      ...(['live', 'replay'] as const).flatMap((watched) =>
        helpSections(watched)
          .map(({ title, keys }) => ({
            title: watched === 'live' ? title : `${title}, in a replay`,
            keys: watched === 'live' ? keys : keys.filter((binding) => binding.sourceKinds === 'replay'),
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
        'A word is part of a comm (smart case), /regex/ a regular expression; !, and, or, ( ) join them. Facts:',
      ),
      ...filterFields.flatMap(({ name, help, example }) => entry(bold(name), `${help}; ${example}`)),
      '.PP',
      'Operators:',
      ...Object.entries(operatorHelp).flatMap(([operator, help]) => entry(bold(operator), help)),
    ),
    ...section(
      'EXIT STATUS',
      ...Object.values(exitCodes).flatMap(({ code, when }) => entry(bold(String(code)), when)),
    ),
    ...section(
      'ENVIRONMENT',
      ...Object.entries(environment).flatMap(([name, help]) => entry(bold(name), help)),
    ),
    ...section(
      'FILES',
      ...entry(bold('/proc'), 'where processes are seen; another root with --proc'),
      ...entry(bold('/etc/passwd'), 'names of users'),
    ),
    ...section(
      'EXAMPLES',
      ...entry(bold('churntop --filter nginx'), 'the screen, for what is called nginx'),
      ...entry(
        bold('churntop record --rotate 64MiB --keep 8 churn.ndjson'),
        'a trace on a guest with little disk',
      ),
      ...entry(bold('churntop report --for 30s'), 'what churns, in half a minute'),
    ),
    ...section('SEE ALSO', '.BR top (1),', '.BR proc (5)'),
  ].join('\n')}\n`;
