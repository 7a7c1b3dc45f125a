import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import { needsAscii, toAscii } from '../../../src/ui/theme/theme.ts';
import { cursorStatus, spawned } from '../../support/fixtures/events.ts';
import { playHistory, startApp } from '../../support/harness/app.tsx';

const beyond = /[^\x00-\x7f]/;

test('a line becomes ASCII of the same width', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const line = toAscii(text);
      expect(line).not.toMatch(beyond);
      expect(stringWidth(line)).toBe(stringWidth(text));
    }),
  );
});

test.each([
  ['missed ≤ 4 · coverage ≥ 99.6%', 'missed <=4 - coverage >=99.6%'],
  ['▁▂▃▄▅▆▇█', '..::++##'],
  ['\x1b[32m● LIVE\x1b[39m', '\x1b[32m* LIVE\x1b[39m'],
  ['漢字 e\u0301', '???? e'],
])('%j', (line, ascii) => expect(toAscii(line)).toBe(ascii));

test.each<[NodeJS.ProcessEnv, boolean]>([
  [{}, true],
  [{ LANG: 'C' }, true],
  [{ LANG: 'en_US.UTF-8' }, false],
  [{ LANG: 'de_DE.utf8' }, false],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, true],
  [{ LANG: 'C', LC_CTYPE: 'C.UTF-8' }, false],
  [{ LANG: 'C.UTF-8', LC_ALL: '' }, false],
])('%j selects ASCII or not [fault:ascii-locale]', (env, ascii) => expect(needsAscii(env)).toBe(ascii));

describe('the screen', () => {
  test.each([
    [80, 24],
    [200, 50],
  ])('has the same layout in ASCII at %ix%i', async (columns, rows) => {
    const size = { columns, rows };
    const apps = [startApp(size), startApp({ ...size, ascii: true })] as const;
    for (const app of apps) {
      await playHistory(app);
      app.source.listener().onStatus(cursorStatus);
      await app.play(104, spawned(900, '漢字', 104));
    }
    const [utf8, ascii] = apps;
    expect(ascii.screen()).not.toMatch(beyond);
    expect(ascii.lines().map((line) => stringWidth(line.trimEnd()))).toEqual(
      utf8.lines().map((line) => stringWidth(line.trimEnd())),
    );
    await expect(ascii.screen()).toMatchFileSnapshot(`golden/ascii-${columns}x${rows}.txt`);
    for (const [keys, shows] of [
      ['2', 'NOW/S'],
      ['5', '/MIN'],
      ['?', 'On the screen'],
    ] as const) {
      ascii.type(keys);
      await vi.waitFor(() => expect(ascii.screen()).toContain(shows));
      expect(ascii.screen()).not.toMatch(beyond);
    }
  });
});
