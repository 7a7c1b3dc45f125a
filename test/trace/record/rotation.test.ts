import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findParts,
  isRotationDue,
  nextPartNumber,
  partPath,
  partsToDelete,
} from '../../../src/trace/record/rotation.ts';
import { seconds } from '../../support/fixtures/events.ts';

describe('isRotationDue', () => {
  const file = { size: 1000, initialSize: 100, openedNs: 0n };
  test.each([
    [{ maxBytes: 1000 }, file, 0, true],
    [{ maxBytes: 1001 }, file, 0, false],
    [{ intervalNs: seconds(60) }, file, 60, true],
    [{ intervalNs: seconds(60) }, file, 59, false],
    [{}, file, 1e6, false],
    // A file that holds no more than its initialSize would be followed by one just like it, without end.
    [{ maxBytes: 10, intervalNs: 1n }, { ...file, initialSize: 1000 }, 60, false],
  ])('case %#', (rules, given, now, due) => {
    expect(isRotationDue(rules, given, seconds(now))).toBe(due);
  });
});

describe('parts', () => {
  test.each([
    ['/var/log/trace.ndjson', '/var/log/trace.000007.ndjson'],
    ['trace', 'trace.000007'],
    ['a.b.c', 'a.b.000007.c'],
  ])('%s becomes %s', (path, part) => expect(partPath(path, 7)).toBe(part));

  test('a name made is a name found, oldest first; and it sorts before the present file', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1e9 }), { maxLength: 8 }), (numbers) => {
        const names = numbers.map((number) => partPath('trace.ndjson', number));
        const parts = findParts('trace.ndjson', ['trace.ndjson', 'trace.old.ndjson', 'x', ...names]);
        expect(parts.map(({ number }) => number)).toEqual(numbers.toSorted((a, b) => a - b));
        expect(numbers).not.toContain(nextPartNumber(parts));
        expect(['trace.ndjson', ...names].toSorted().at(-1)).toBe('trace.ndjson');
      }),
    );
  });

  test('a part that is being compressed counts once', () => {
    const names = ['t.000001.n.gz', 't.000002.n', 't.000002.n.gz', 't.000003.n', 't.000003.n.gz.part'];
    const parts = findParts('t.n', names);
    expect(partsToDelete(parts, 2).map(({ name }) => name)).toEqual(['t.000001.n.gz']);
    expect(partsToDelete(parts, 1).map(({ number }) => number)).toEqual([1, 2, 2]);
    expect(partsToDelete(parts, 9)).toEqual([]);
  });
});
