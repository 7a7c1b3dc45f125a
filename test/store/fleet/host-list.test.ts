import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import type { GuestSummary } from '../../../src/domain/fleet/guest-summary.ts';
import { FleetModel } from '../../../src/store/fleet/fleet-model.ts';
import { hostRows } from '../../../src/store/fleet/host-list.ts';
import { hostColumnTable, hostSorts, missedText, skewText } from '../../../src/store/views/host-columns.ts';
import { layoutColumns } from '../../../src/store/views/table-column.ts';
import { FakeFleet, guestOf, mixedFleet } from '../../support/fakes/fake-fleet.ts';
import { seconds } from '../../support/fixtures/events.ts';

const dataOf = (rows: readonly GuestSummary[]) =>
  new FleetModel(new FakeFleet(rows).fleet, () => 0).dataFor({
    paused: false,
    activeView: 'hosts',
    focusedGuest: undefined,
  });

const idsBy = (rows: readonly GuestSummary[], by: string, reversed = false) =>
  hostRows(dataOf(rows), { filter: matchAll, order: { by, reversed } }).map(({ id }) => id);

test('names are sorted by their numbers', () => {
  expect(idsBy([guestOf('web10'), guestOf('db1'), guestOf('web2')], 'host')).toEqual([
    'db1',
    'web2',
    'web10',
  ]);
});

test('a guest whose value is unknown comes last, and equal values are sorted by name', () => {
  const rows = [guestOf('b', { alive: undefined }), guestOf('d', { alive: 2 }), guestOf('c', { alive: 2 })];
  expect(idsBy(rows, 'alive')).toEqual(['c', 'd', 'b']);
  expect(idsBy(rows, 'alive', true)).toEqual(['b', 'd', 'c']);
});

test('a skew is sorted by its magnitude', () => {
  const rows = [guestOf('a'), guestOf('b', { skewNs: -seconds(9) }), guestOf('c', { skewNs: seconds(1) })];
  expect(idsBy(rows, 'skew')).toEqual(['b', 'c', 'a']);
});

test('rows are in the order of their values for any values', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(2 ** 20), { nil: undefined }), { maxLength: 40 }), (values) => {
      const rows = values.map((alive, index) => guestOf(`g${index}`, { alive }));
      const expected = values
        .map((alive, index) => ({ value: alive ?? -1, index }))
        .sort((a, b) => b.value - a.value || a.index - b.index)
        .map(({ index }) => `g${index}`);
      expect(idsBy(rows, 'alive')).toEqual(expected);
    }),
  );
});

test('every sort order has a column, and the rows are computed once for a frame', () => {
  const columns = hostColumnTable.map(({ id }) => id);
  for (const by of hostSorts) expect(columns).toContain(by);
  const data = dataOf(mixedFleet().rows);
  const order = { by: 'host', reversed: false };
  expect(hostRows(data, { filter: matchAll, order })).toBe(hostRows(data, { filter: matchAll, order }));
});

test('no width from 40 to 200 makes the columns wider than the table', () => {
  for (let width = 40; width <= 200; width++) {
    const used = layoutColumns(hostColumnTable, width).reduce(
      (sum, { columnWidth }) => sum + columnWidth + 1,
      1,
    );
    expect(used).toBeLessThanOrEqual(width);
  }
});

test('no duration is wider than its column', () => {
  const columns = hostColumnTable.filter(({ id }) => ['skew', 'lag', 'heard'].includes(id));
  for (const each of [0.2, 3, 59, 125, 768, 36_000, 90_000, 1e6, 4e7]) {
    const ns = seconds(each);
    const guest = guestOf('a', { skewNs: -ns, lagNs: ns, heardNs: ns });
    for (const { cell, width } of columns) expect(cell(guest).length).toBeLessThanOrEqual(width as number);
  }
  expect(
    columns.map(({ cell }) => cell(guestOf('a', { skewNs: -seconds(768), lagNs: seconds(768) }))),
  ).toEqual(['-12m', '12m', '200ms']);
});

test('skew and missed tasks have short texts', () => {
  expect([undefined, 0n, 9_000_000n, seconds(1.3), -seconds(0.2)].map((ns) => skewText(ns))).toEqual([
    '-',
    '-',
    '-',
    '+1.3s',
    '-200ms',
  ]);
  const text = (missed: number | undefined, lost: number) => missedText(guestOf('a', { missed, lost }), 6);
  expect(text(3, 0)).toBe('3');
  expect(text(undefined, 0)).toBe('?');
  expect(text(3, 12)).toBe('3+12');
  expect(text(1_200, 340_000)).toBe('341200');
  expect(text(undefined, 340_000)).toBe('?+340k');
});
