import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countPidsBetween,
  isPidBetween,
  type PidRange,
  parseLoadavg,
  previousPid,
} from '../../src/proc/loadavg.ts';

const parse = (line: string) => {
  const bytes = Buffer.from(line);
  const cursor = { pid: -1, tasks: -1 };
  return parseLoadavg(bytes, bytes.length, cursor) ? cursor : undefined;
};

describe('parseLoadavg', () => {
  test('reads the last PID and the task count', () => {
    expect(parse('0.00 0.01 0.05 1/123 4567\n')).toEqual({ pid: 4567, tasks: 123 });
    expect(parse('12.34 0.01 0.05 10/1 1')).toEqual({ pid: 1, tasks: 1 });
  });

  test('ignores older bytes in the buffer after the given length', () => {
    const bytes = Buffer.from('0.00 0.01 0.05 1/9 7\n999 (old)\n');
    const cursor = { pid: 0, tasks: 0 };
    expect(parseLoadavg(bytes, 21, cursor)).toBe(true);
    expect(cursor).toEqual({ pid: 7, tasks: 9 });
  });

  test.each(['', '\n', '4567\n', '0.00 0.01 0.05 1/123 \n', '0.00 0.01 0.05 123 4567\n', 'x/ 4\n', '/12\n'])(
    'returns false for %j',
    (line) => {
      expect(parse(line)).toBeUndefined();
    },
  );

  test('parses any two numbers', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), (tasks, pid) => {
        expect(parse(`1.00 2.00 3.00 4/${tasks} ${pid}\n`)).toEqual({ pid, tasks });
      }),
    );
  });
});

describe('a PID range', () => {
  const pidsIn = (range: PidRange) => {
    const list: number[] = [];
    let pid = range.to;
    for (let index = 0; index < countPidsBetween(range); index++) {
      list.push(pid);
      pid = previousPid(pid, range);
    }
    return list;
  };

  test('is listed newest first', () => expect(pidsIn({ from: 5, to: 8, pidMax: 32768 })).toEqual([8, 7, 6]));
  test('is empty when the counter has not moved', () =>
    expect(pidsIn({ from: 8, to: 8, pidMax: 32768 })).toEqual([]));
  test('wraps around at pid_max to 300', () =>
    expect(pidsIn({ from: 397, to: 302, pidMax: 400 })).toEqual([302, 301, 300, 399, 398]));
  test('starts at 300 when pid_max was lowered below the counter', () =>
    expect(pidsIn({ from: 4000, to: 301, pidMax: 400 })).toEqual([301, 300]));

  test('has each PID once, and isPidBetween agrees', () => {
    const pids = fc.integer({ min: 300, max: 499 });
    fc.assert(
      fc.property(pids, pids, (from, to) => {
        const passed = pidsIn({ from, to, pidMax: 500 });
        expect(new Set(passed).size).toBe(passed.length);
        for (let pid = 300; pid < 500; pid++) expect(isPidBetween(pid, from, to)).toBe(passed.includes(pid));
      }),
    );
  });
});
