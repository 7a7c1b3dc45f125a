import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMouseInput, splitMouseInput } from '../../../src/cli/terminal/mouse.ts';
import type { Action } from '../../../src/store/actions/action.ts';

test('parseMouseInput returns presses and wheel actions, and drops releases, other buttons and motion', () => {
  const at = { column: 19, row: 4 };
  expect(
    parseMouseInput('\x1b[<0;20;5M\x1b[<0;20;5mj\x1b[<65;20;5M\x1b[<64;20;5M\x1b[<35;1;1M\x1b[<2;1;1M'),
  ).toEqual({
    actions: [
      { type: 'press', at },
      { type: 'wheel', at, rows: 3 },
      { type: 'wheel', at, rows: -3 },
    ],
    keys: 'j',
    rest: '',
  });
});

test('parseMouseInput keeps a partial report when at least three characters are there, and never keeps Escape', () => {
  expect(parseMouseInput('j\x1b')).toEqual({ actions: [], keys: 'j\x1b', rest: '' });
  expect(parseMouseInput('j\x1b[A\x1b[<0;2')).toEqual({ actions: [], keys: 'j\x1b[A', rest: '\x1b[<0;2' });
});

test('splitMouseInput passes keys in order when the input is split anywhere', () => {
  const piece = fc.oneof(
    fc.constantFrom('j', '\x1b[A', 'é', '\r').map((keys) => ({ text: keys, keys })),
    fc
      .tuple(fc.constantFrom(0, 1, 64, 65, 35), fc.nat(500), fc.nat(500), fc.constantFrom('M', 'm'))
      .map(([code, x, y, final]) => ({ text: `\x1b[<${code};${x};${y}${final}`, keys: '' })),
  );
  fc.assert(
    fc.property(fc.array(piece), fc.nat(30), (pieces, splitAt) => {
      const terminal = Object.assign(new PassThrough(), { setRawMode: () => {} });
      const actions: Action[] = [];
      const keys = splitMouseInput(terminal as unknown as ReadStream, (action) => actions.push(action));
      let received = '';
      const text = pieces.map((each) => each.text).join('');
      // Not within the start of a report: that is read as Escape.
      const split = text.slice(0, splitAt).replace(/\x1b\[?$/, '').length;
      for (const chunk of [text.slice(0, split), text.slice(split)]) {
        terminal.emit('data', chunk);
        received += keys.read() ?? '';
      }
      expect(received).toBe(pieces.map((each) => each.keys).join(''));
    }),
  );
});
