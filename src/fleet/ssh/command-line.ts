import { basename } from 'node:path';
import { TargetError } from './targets.ts';

/** Options of the user's ssh: no terminal, compression, no questions, and an end within 10 s of a dead line. */
const sshOptions = [
  '-T',
  '-C',
  ...['BatchMode=yes', 'ConnectTimeout=10', 'ServerAliveInterval=5', 'ServerAliveCountMax=2']
    // A master that others share would not end with this program. An existing one is used.
    .concat('ControlMaster=no')
    .flatMap((option) => ['-o', option]),
];

/** Quotes a word for a shell. */
export const quoteWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** Returns the command line that runs a command on a host over ssh. The login shell there splits it into words. */
export const sshCommandLine = (address: string, command: readonly string[]): string[] => [
  'ssh',
  ...sshOptions,
  '--',
  address,
  command.map(quoteWord).join(' '),
];

const placeholder = '{}';

/** Splits a template into words. Quotes keep spaces; nothing is expanded. @throws TargetError if a quote is not closed */
const wordsOf = (template: string): string[] => {
  const words: string[] = [];
  const rest = template.replaceAll(/\s*((?:'[^']*'|"[^"]*"|[^\s'"])+)/g, (_, word: string) => {
    words.push(word.replaceAll(/'([^']*)'|"([^"]*)"/g, (__, single, double) => single ?? double));
    return '';
  });
  if (rest.trim() !== '') throw new TargetError(`unclosed quote in "${template}"`);
  return words;
};

/**
 * Parses a template such as `kubectl exec -i {} --`. Returns a function from a guest and a command to the command line.
 * @throws TargetError if it has no `{}`, or starts with it
 */
export const parseTemplate = (
  template: string,
): ((address: string, command: readonly string[]) => string[]) => {
  const words = wordsOf(template);
  const hasPlace = words.slice(1).some((word) => word.includes(placeholder));
  if (!hasPlace)
    throw new TargetError(
      `no ${placeholder} in "${template}" (expected a command such as docker exec -i {})`,
    );
  // ssh joins its arguments for a shell at the far end. Other commands pass them on as they are.
  const quote = basename(words[0] ?? '') === 'ssh' ? quoteWord : (word: string) => word;
  return (address, command) => [
    ...words.map((word) => word.replaceAll(placeholder, address)),
    ...command.map(quote),
  ];
};
