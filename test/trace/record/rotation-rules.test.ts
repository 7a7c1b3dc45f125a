import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  filesToDelete,
  findRotatedFiles,
  isRotationDue,
  nextRotationNumber,
  rotatedPath,
} from '../../../src/trace/record/rotation-rules.ts';
import { seconds } from '../../support/fixtures/events.ts';

describe('isRotationDue', () => {
  const file = { size: 1000, initialSize: 100, openedNs: 0n };
  test.each([
    [{ maxBytes: 1000 }, file, 0, true],
    [{ maxBytes: 1001 }, file, 0, false],
    [{ intervalNs: seconds(60) }, file, 60, true],
    [{ intervalNs: seconds(60) }, file, 59, false],
    [{}, file, 1e6, false],
    // A file with only its initial records would be rotated again and again.
    [{ maxBytes: 10, intervalNs: 1n }, { ...file, initialSize: 1000 }, 60, false],
  ])('case %#', (rules, given, now, due) => {
    expect(isRotationDue(rules, given, seconds(now))).toBe(due);
  });
});

describe('rotated files', () => {
  test.each([
    ['/var/log/trace.ndjson', '/var/log/trace.000007.ndjson'],
    ['trace', 'trace.000007'],
    ['a.b.c', 'a.b.000007.c'],
  ])('rotatedPath of %s is %s', (path, rotated) => expect(rotatedPath(path, 7)).toBe(rotated));

  test('findRotatedFiles finds every rotatedPath, oldest first; they sort before the current file', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1e9 }), { maxLength: 8 }), (numbers) => {
        const names = numbers.map((number) => rotatedPath('trace.ndjson', number));
        const files = findRotatedFiles('trace.ndjson', ['trace.ndjson', 'trace.old.ndjson', 'x', ...names]);
        expect(files.map(({ number }) => number)).toEqual(numbers.toSorted((a, b) => a - b));
        expect(numbers).not.toContain(nextRotationNumber(files));
        expect(['trace.ndjson', ...names].toSorted().at(-1)).toBe('trace.ndjson');
      }),
    );
  });

  test('filesToDelete counts a file that is being compressed once', () => {
    const names = ['t.000001.n.gz', 't.000002.n', 't.000002.n.gz', 't.000003.n', 't.000003.n.gz.part'];
    const files = findRotatedFiles('t.n', names);
    expect(filesToDelete(files, 2).map(({ name }) => name)).toEqual(['t.000001.n.gz']);
    expect(filesToDelete(files, 1).map(({ number }) => number)).toEqual([1, 2, 2]);
    expect(filesToDelete(files, 9)).toEqual([]);
  });
});
