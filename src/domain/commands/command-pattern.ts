import { type Command, commandText, quoteArgument, shownArguments } from './command-text.ts';

/** Maximum length of a pattern in UTF-16 units. It is the key of a group. */
export const maxPatternLength = 160;
/** Characters of an argument that are folded. The rest is cut. */
const maxFoldedLength = 256;

/**
 * The parts of an argument that vary between runs: a UUID, a file in a directory for temporary files, a hexadecimal
 * number of 8 digits or more, and numbers, dates and addresses. No alternative can match the same text in two ways, so that
 * matching is linear.
 */
const variableParts =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(\/(?:tmp|dev\/shm)\/)[^\s'"`;|&<>()]+|(?<![0-9A-Za-z])(?:0x)?[0-9a-f]{8,}(?![0-9A-Za-z])|[0-9]+(?:[.:,-][0-9]+)*/gi;

/** A digit run after a letter is folded from this length on: `sha256` and `eth0` are names, `job20261130` is not. */
const minDigitsInName = 4;

const isLetter = (character: string | undefined) => character !== undefined && /[A-Za-z_]/.test(character);
/** Returns whether the number at `at` is the value of a short option, as in `-n10`. */
const isOptionValue = (text: string, at: number): boolean => at === 2 && text.startsWith('-');
const isWord = /^[a-f]+$/i;

/** Replaces the variable parts of an argument by `*`. */
const foldArgument = (arg: string): string => {
  const text = arg.slice(0, maxFoldedLength);
  const folded = text.replace(variableParts, (part, directory: string | undefined, at: number) => {
    if (directory !== undefined) return `${directory}*`;
    // A word such as `deadbeef` without digits may be a name.
    if (isWord.test(part)) return part;
    const isInName = isLetter(text[at - 1]) && /^[0-9]/.test(part) && !isOptionValue(text, at);
    return isInName && part.length < minDigitsInName ? part : '*';
  });
  return arg.length > maxFoldedLength ? `${folded}…` : folded;
};

/**
 * Returns the pattern of a command: its text with numbers, IDs, hashes and temporary files as `*`, so that the runs of
 * one command have the same pattern. The program name is not folded. At most `maxPatternLength` long.
 */
export const commandPattern = (command: Command): string => {
  const shown = command.kthread ? undefined : shownArguments(command, 'command');
  // `kworker/0:1-events` and its siblings do the same work.
  if (!shown)
    return commandText({ ...command, comm: command.kthread ? foldArgument(command.comm) : command.comm });
  const [program, ...others] = shown as [string, ...string[]];
  if (others.length === 0) return foldTitle(program);
  let pattern = program;
  let previous = '';
  for (const arg of others) {
    const folded = foldArgument(arg);
    const isRepeated = folded === previous && folded.includes('*');
    if (!isRepeated)
      pattern += ` ${folded === '*' || !folded.includes('*') ? quoteUnlessPattern(folded) : quotePattern(folded)}`;
    previous = folded;
    if (pattern.length > maxPatternLength) break;
  }
  return cut(pattern);
};

const quoteUnlessPattern = (arg: string): string => (arg === '*' ? arg : quoteArgument(arg));

/** Quotes a folded argument as if its stars were safe. */
const quotePattern = (arg: string): string => {
  const quoted = quoteArgument(arg.replaceAll('*', '%'));
  return quoted.startsWith("'") ? quoteArgument(arg) : arg;
};

/** Folds a process title after its first word. */
const foldTitle = (title: string): string => {
  const space = title.indexOf(' ');
  return cut(space < 0 ? title : title.slice(0, space) + foldArgument(title.slice(space)));
};

const cut = (pattern: string): string =>
  pattern.length > maxPatternLength ? `${pattern.slice(0, maxPatternLength - 1)}…` : pattern;
