import { functionKeyCharacter } from '../../util/function-keys.ts';

/** Sequences of F1 to F12: of xterm, of VT220 and rxvt, and of the Linux console. */
const sequences: readonly (readonly string[])[] = [
  ['\x1bOP', '\x1b[P', '\x1b[11~', '\x1b[[A'],
  ['\x1bOQ', '\x1b[Q', '\x1b[12~', '\x1b[[B'],
  ['\x1bOR', '\x1b[R', '\x1b[13~', '\x1b[[C'],
  ['\x1bOS', '\x1b[S', '\x1b[14~', '\x1b[[D'],
  ['\x1b[15~', '\x1b[[E'],
  ['\x1b[17~'],
  ['\x1b[18~'],
  ['\x1b[19~'],
  ['\x1b[20~'],
  ['\x1b[21~'],
  ['\x1b[23~'],
  ['\x1b[24~'],
];

const characters: ReadonlyMap<string, string> = new Map(
  sequences.flatMap((keys, index) => {
    const bytes = Buffer.from(functionKeyCharacter(index + 1)).toString('latin1');
    return keys.map((key) => [key, bytes] as const);
  }),
);

/** Returns the bytes of the character for a function key, with one character per byte; other input as it is. */
export const withFunctionKey = (bytes: string): string => characters.get(bytes) ?? bytes;
