import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lifespan } from '../../../src/domain/views/lifespans.ts';
import { laneCells, timeAxis } from '../../../src/store/views/timeline-cells.ts';
import { seconds } from '../../support/fixtures/events.ts';

/** Ten cells of one second; the last one is second 99. */
const time = timeAxis(seconds(99.5), seconds(9), 10);
const bar = (from: number, to?: number, more: Partial<Lifespan> = {}): Lifespan => ({
  startTicks: from,
  pid: 1,
  comm: 'x',
  fromNs: seconds(from),
  startKnown: true,
  toNs: to === undefined ? undefined : seconds(to),
  zombieSinceNs: undefined,
  failed: false,
  ...more,
});
const signs = {
  unknown: '·',
  empty: ' ',
  alive: '=',
  zombie: 'z',
  briefZombie: 'y',
  spawned: '+',
  exited: '-',
  failed: 'x',
} as const;
const drawn = (bars: Lifespan[], knownNs = 0n) =>
  laneCells(bars, time, knownNs)
    .map((cell) => (typeof cell === 'number' ? String(cell) : signs[cell]))
    .join('');

describe('a lane', () => {
  test.each<[string, string, Lifespan[]]>([
    ['a process', '  +==-    ', [bar(92, 95.9)]],
    ['a live process', '  +=======', [bar(92)]],
    ['a process from before the span', '====-     ', [bar(60, 94)]],
    ['a process whose spawn was not seen', '====-     ', [bar(90, 94, { startKnown: false })]],
    ['a failed process', '  +==x    ', [bar(92, 95, { failed: true })]],
    ['a zombie', '  +=zzz-  ', [bar(92, 97, { zombieSinceNs: seconds(94.2) })]],
    [
      'a zombie that is reaped within a second',
      '  +=y-    ',
      [bar(92, 95, { zombieSinceNs: seconds(94.2) })],
    ],
    ['a live zombie', '  +=zzzzzz', [bar(92, undefined, { zombieSinceNs: seconds(94.2) })]],
    ['a process within one cell', '  1       ', [bar(92, 92.9)]],
    ['three processes within one cell', '  3       ', [bar(92, 92.1), bar(92.2, 92.3), bar(92.4, 92.5)]],
    ['two consecutive processes', '  +=+=-   ', [bar(92, 94.1), bar(94.2, 96)]],
    ['a process within one cell, and a longer one', '  2==-    ', [bar(92, 92.1), bar(92.5, 95)]],
    ['an exit, and a process within one cell', '  +=1     ', [bar(92, 94.1), bar(94.2, 94.3)]],
    ['an exit before the span', '          ', [bar(60, 80)]],
  ])('shows %s', (_, line, bars) => {
    expect(drawn(bars)).toBe(line);
  });

  test('shows time before the retained events as unknown', () => {
    expect(drawn([bar(91)], seconds(93))).toBe('·+========');
    expect(drawn([], seconds(93))).toBe('···       ');
  });
});

test('times keep their cells until all cells move by one', () => {
  const at = (now: number) => laneCells([bar(95, 96)], timeAxis(seconds(now), seconds(9), 10), 0n);
  expect(at(99.9)).toEqual(at(99));
  expect(at(100)).toEqual([...at(99).slice(1), 'empty']);
});

test('any lifespan at any time fills exactly the cells of the axis', () => {
  const ns = fc.bigInt({ min: -(10n ** 12n), max: 2n ** 63n });
  fc.assert(
    fc.property(ns, fc.nat(10 ** 6), fc.integer({ min: 1, max: 50 }), ns, (from, lasts, cells, now) => {
      const axis = timeAxis(now < 0n ? 0n : now, seconds(30), cells);
      const bars = [bar(0, undefined, { fromNs: from, toNs: from + BigInt(lasts) })];
      expect(laneCells(bars, axis, 0n)).toHaveLength(cells);
    }),
  );
});
