import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { filterInput, InputReader } from '../../../src/cli/terminal/input.ts';
import type { Action } from '../../../src/store/actions/action.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const escapeKey = '\x1b[27u';
const paste = (text: string) => `\x1b[200~${text}\x1b[201~`;
/** Encodes text as the bytes that a terminal sends, one character per byte. */
const bytes = (text: string) => Buffer.from(text).toString('latin1');

const startReader = (columns = 300, rows = 60) => {
  let keys = '';
  const actions: Action[] = [];
  const reader = new InputReader({
    size: () => ({ columns, rows }),
    onKeys: (text) => {
      keys += text;
    },
    onAction: (action) => void actions.push(action),
  });
  /** Reads chunks, with a delay after each. */
  const read = (...chunks: (string | number)[]) => {
    for (const chunk of chunks) {
      if (typeof chunk === 'string') reader.read(chunk);
      else vi.advanceTimersByTime(chunk);
    }
    return { keys, actions };
  };
  return { reader, read };
};
const read = (...chunks: (string | number)[]) => startReader().read(...chunks, 10_000);

type Encoding = (button: number, column: number, row: number) => string;
/** Mouse reports of a press, by mode. Positions count from 0. */
const encodings: Record<string, Encoding> = {
  'X10 (1000)': (button, column, row) => `\x1b[M${String.fromCharCode(button + 32, column + 33, row + 33)}`,
  'UTF-8 (1005)': (button, column, row) =>
    `\x1b[M${bytes(String.fromCharCode(button + 32, column + 33, row + 33))}`,
  'SGR (1006)': (button, column, row) => `\x1b[<${button};${column + 1};${row + 1}M`,
  'urxvt (1015)': (button, column, row) => `\x1b[${button + 32};${column + 1};${row + 1}M`,
  'SGR with C1': (button, column, row) => `\x9b<${button};${column + 1};${row + 1}M`,
};
const encodingNames = Object.keys(encodings);
const encode = (name: string, ...numbers: Parameters<Encoding>) => (encodings[name] as Encoding)(...numbers);

describe('mouse reports', () => {
  test.each(encodingNames)('are actions in the encoding %s [fault:mouse-encodings]', (name) => {
    for (const [column, row] of [
      [19, 4],
      [94, 0],
      [95, 59],
      [96, 1],
      [161, 30],
      [200, 50],
    ] as const) {
      const at = { column, row };
      const text = `${encode(name, 0, column, row)}j${encode(name, 65, column, row)}${encode(name, 64, column, row)}`;
      expect(read(text)).toEqual({
        keys: 'j',
        actions: [
          { type: 'press', at },
          { type: 'wheel', at, rows: 3 },
          { type: 'wheel', at, rows: -3 },
        ],
      });
    }
  });

  test.each([
    ['a release in X10', '\x1b[M#3!'],
    ['a release in SGR', '\x1b[<0;20;5m'],
    ['a release in urxvt', '\x1b[35;20;5M'],
    ['another button', '\x1b[<2;20;5M'],
    ['a press with Ctrl', '\x1b[<16;20;5M'],
    ['motion', '\x1b[<35;1;1M'],
    ['motion in X10', '\x1b[M@!!'],
    ['pixels beyond any screen', '\x1b[<35;99999;99999M'],
    ['a DEC locator report', '\x1b[2;4;10;20;0&w'],
  ])('do nothing on %s', (_, text) => {
    expect(read(`${text}j`)).toEqual({ keys: 'j', actions: [] });
  });

  test('are distinguished from UTF-8 by the size of the terminal when a byte is both', () => {
    const report = `\x1b[M${String.fromCharCode(32, 165 + 33, 101 + 33)}`;
    expect(startReader(200, 120).read(`${report}j`)).toEqual({
      keys: 'j',
      actions: [{ type: 'press', at: { column: 165, row: 101 } }],
    });
  });
});

/** Answers that a terminal may send late, or to a program that ran before. */
const replies = [
  '\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\',
  '\x1b]11;rgb:1c1c/1c1c/1c1c\x07',
  '\x1b]4;1;rgb:cdcd/0000/0000\x9c',
  `\x9d10;rgb:ffff/ffff/ffff${bytes('\u009c')}`,
  '\x1b]52;c;cXVpdCBub3c=\x1b\\',
  bytes('\x1b]lquit Ü\x1b\\'),
  '\x1bP1$r0;1;31m\x1b\\',
  '\x1bP>|XTerm(390) dqR\x1b\\',
  '\x1bP1+r544e=787465726d\x1b\\',
  '\x1bP!|00000000\x07q\x1b\\',
  '\x90>|quit\x9c',
  '\x1b_Gi=31;OK\x1b\\',
  '\x1b^private dq\n\x1b\\',
  '\x1bXstart of string\x1b\\',
  bytes('\u009fq ü\u009c'),
  '\x1b[?62;22c',
  '\x1b[>0;276;0c',
  '\x1b[12;40R',
  '\x1b[?12;40R',
  '\x1b[0n',
  '\x1b[8;24;80t',
  '\x1b[?2026;2$y',
  '\x1b[4;2$y',
  '\x1b[?0u',
  '\x1b[I',
  '\x1b[O',
  '\x1b[2;1;1;112;112;1;0x',
  '\x1b[201~',
];

test.each(replies)('the answer %j is dropped [fault:terminal-strings]', (reply) => {
  expect(read(`j${reply}k`)).toEqual({ keys: 'jk', actions: [] });
});

test.each([
  ['Ctrl-C', '\x1bP>|never ends\x03', '\x03'],
  ['another sequence', '\x1b]11;rgb:\x1b[A', '\x1b[A'],
  ['CAN', '\x1b_never ends\x18j', 'j'],
])('a string without an end ends with %s', (_, text, keys) => {
  expect(read(text)).toEqual({ keys, actions: [] });
});

test('a string without an end does not lock the keyboard, and takes no memory', () => {
  const { read } = startReader();
  for (let chunk = 0; chunk < 100; chunk++) read('\x1b_'.slice(0, chunk === 0 ? 2 : 0) + 'x'.repeat(100_000));
  expect(read(5000, 'j')).toEqual({ keys: 'j', actions: [] });
});

test.each([
  ['Esc', ['\x1b'], escapeKey],
  ['Esc twice', ['\x1b', 300, '\x1b'], escapeKey + escapeKey],
  ['Esc, then j', ['\x1b', 50, 'j'], `${escapeKey}j`],
  ['Esc, then [ and j', ['\x1b', 500, '[', 300, 'j'], `${escapeKey}[j`],
  ['Esc, then [ repeated', ['\x1b', 500, '[[[['], `${escapeKey}[[[[`],
  ['Esc, then ] and 2', ['\x1b', 500, ']', 300, '2'], `${escapeKey}]2`],
  ['Alt-j', ['\x1bj'], '\x1bj'],
  ['Alt-j in two pieces', ['\x1b', 5, 'j'], '\x1bj'],
  ['Alt-é', ['\x1b\xc3', '\xa9'], '\x1b\xc3\xa9'],
  ['Alt-[', ['\x1b['], `${escapeKey}[`],
  ['Alt-]', ['\x1b]'], `${escapeKey}]`],
  ['Alt-] and j', ['\x1b]j'], '\x1b]j'],
  ['Esc before a release', ['\x1b\x1b[<0;1;1m'], escapeKey],
  ['arrows', ['\x1b[A', '\x1bOB', '\x9bC'], '\x1b[A\x1bOB\x1b[C'],
  ['keys of rxvt and the Linux console', ['\x1b[2$\x1b[[A\x1b[a'], '\x1b[2$\x1b[[A\x1b[a'],
  ['text in pieces', ['\xc3', 50, '\xa9'], '\xc3\xa9'],
])('%s is passed on', (_, chunks, keys) => {
  expect(read(...chunks)).toEqual({ keys, actions: [] });
});

describe('a paste', () => {
  test('is passed on whole, with the sequences in it', () => {
    const text = bytes('é\x1b[<0;1;1M\x1b]11;x\x07\x1b[20\r');
    expect(read(`j${paste(text)}k`)).toEqual({ keys: `j${paste(text)}k`, actions: [] });
  });

  test('ends after a pause when its end is lost', () => {
    const { read } = startReader();
    expect(read('\x1b[200~abc', 4000).keys).toBe('');
    expect(read('d', 5000, 'j').keys).toBe(`${paste('abcd')}j`);
  });

  test('is limited', () => {
    expect(read('\x1b[200~', 'x'.repeat(1_000_000), '\x1b[201~j').keys).toBe(`${paste('x'.repeat(65_536))}j`);
  });
});

/** A part of the input, and the result of reading it. */
type Piece = { text: string; keys: string; actions: Action[] };

const mousePiece: fc.Arbitrary<Piece> = fc
  .tuple(fc.constantFrom(...encodingNames), fc.constantFrom(0, 1, 3, 32, 64, 65), fc.nat(221), fc.nat(59))
  .map(([name, button, column, row]) => ({
    text: encode(name, button, column, row),
    keys: '',
    actions: startReader().read(encode('SGR (1006)', button, column, row)).actions,
  }));
const keyPiece = fc
  .constantFrom('j', '\x1b[A', '\x1bOP', '\x1b[1;5C', '\x1b[15~', '\r', '\x03', bytes('é'), bytes('日本'))
  .map((text): Piece => ({ text, keys: text, actions: [] }));
const stringPiece = fc
  .tuple(
    fc.constantFrom('\x1bP', '\x1b_', '\x1b^', '\x1bX', '\x1b]11;', '\x9f', '\x90'),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('\x1b\\', '\x9c', bytes('\u009c')),
  )
  .map(([start, content, end]): Piece => {
    const safe = bytes(`x${content.replaceAll(/\p{Cc}/gu, '')}`);
    return { text: `${start}${safe}${end}`, keys: '', actions: [] };
  });
const pastePiece = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .map((text) => paste(bytes(text.replaceAll('\x1b', ''))))
  .map((text): Piece => ({ text, keys: text, actions: [] }));
const replyPiece = fc.constantFrom(...replies).map((text): Piece => ({ text, keys: '', actions: [] }));
const piece = fc.oneof(mousePiece, keyPiece, stringPiece, pastePiece, replyPiece);

const joined = (pieces: readonly Piece[]) => ({
  keys: pieces.map(({ keys }) => keys).join(''),
  actions: pieces.flatMap(({ actions }) => actions),
});

describe('any input', () => {
  test('is read the same whole and cut anywhere, with delays [fault:torn-reports]', () => {
    const delay = fc.constantFrom(0, 1, 30, 100, 190);
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.infiniteStream(fc.tuple(fc.nat(12), delay)),
        (pieces, cuts) => {
          const text = pieces.map((each) => each.text).join('');
          const chunks: (string | number)[] = [];
          for (let at = 0; at < text.length; ) {
            const [length, wait] = cuts.next().value as [number, number];
            chunks.push(text.slice(at, at + length + 1), wait);
            at += length + 1;
          }
          expect(read(...chunks)).toEqual(joined(pieces));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is read the same when each byte arrives alone', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.constantFrom(0, 10, 150), (pieces, wait) => {
        const text = pieces.map((each) => each.text).join('');
        expect(read(...[...text].flatMap((byte) => [byte, wait]))).toEqual(joined(pieces));
      }),
      { numRuns: 300 },
    );
  });

  test('never types a report that is cut once, however late the rest is', () => {
    const report = fc.oneof(mousePiece, stringPiece, replyPiece, pastePiece);
    fc.assert(
      fc.property(report, fc.nat(), fc.constantFrom(300, 900), ({ text, keys, actions }, cut, wait) => {
        const at = cut % text.length;
        // Esc, or Alt and the second byte, is passed on as keys if nothing else arrives in time.
        const typed = new Set(['', escapeKey, escapeKey + text[1]]);
        const result = read(text.slice(0, at), wait, text.slice(at));
        // If only one byte remains, it may be a key: `ESC [` and `I`.
        if (text.length - at === 1 && typed.has(result.keys.slice(0, -1))) return;
        expect(result.actions).toEqual(actions);
        expect(result.keys.endsWith(keys)).toBe(true);
        expect(typed).toContain(result.keys.slice(0, result.keys.length - keys.length));
      }),
      { numRuns: 500 },
    );
  });

  test('neither throws nor locks the keyboard', () => {
    const noise = fc.array(
      fc.oneof(
        fc.constantFrom('\x1b', '[', ']', 'P', 'M', '<', '0', ';', '\\', '~', '\x9b', '\xc2', '\x07', '200~'),
        fc.nat(255).map((code) => String.fromCharCode(code)),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(noise, (chunks) => {
        const { read } = startReader();
        read(...chunks, 10_000);
        expect(read('j', 10_000).keys.slice(-1)).toBe('j');
      }),
      { numRuns: 1000 },
    );
  });
});

test('filterInput passes keys to Ink as text and handles the mode of the terminal', async () => {
  vi.useRealTimers();
  const modes: boolean[] = [];
  const terminal = Object.assign(new PassThrough(), { setRawMode: (mode: boolean) => modes.push(mode) });
  const actions: Action[] = [];
  const onHangup = vi.fn();
  const keys = filterInput(terminal as unknown as ReadStream, {
    size: () => ({ columns: 80, rows: 24 }),
    onAction: (action) => void actions.push(action),
    onHangup,
  });
  keys.setRawMode(true);
  expect(modes).toEqual([true]);
  terminal.write(Buffer.from('é\x1b[<0;20;5M'));
  terminal.write(Buffer.from([0x1b, 0x5b, 0x4d, 0x20, 0xc0, 0x25]));
  terminal.end(Buffer.from('j'));
  let text = '';
  for await (const chunk of keys) text += chunk;
  expect(text).toBe('éj');
  expect(onHangup).toHaveBeenCalledOnce();
  expect(actions).toEqual([
    { type: 'press', at: { column: 19, row: 4 } },
    { type: 'press', at: { column: 159, row: 4 } },
  ]);
});
