import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countPidsBetween, isPidBetween, parseLoadavg, previousPid } from '../../src/proc/loadavg.ts';

const parse = (line: string) => {
  const bytes = Buffer.from(line);
  const into = { pid: -1, tasks: -1 };
  return parseLoadavg(bytes, bytes.length, into) ? into : undefined;
};

describe('parseCursor', () => {
  test('reads the last PID and the task count', () => {
    expect(parse('0.00 0.01 0.05 1/123 4567\n')).toEqual({ pid: 4567, tasks: 123 });
    expect(parse('12.34 0.01 0.05 10/1 1')).toEqual({ pid: 1, tasks: 1 });
  });

  test('only the given length counts: the buffer holds older bytes behind it', () => {
    const bytes = Buffer.from('0.00 0.01 0.05 1/9 7\n999 (old)\n');
    const into = { pid: 0, tasks: 0 };
    expect(parseLoadavg(bytes, 21, into)).toBe(true);
    expect(into).toEqual({ pid: 7, tasks: 9 });
  });

  test.each(['', '\n', '4567\n', '0.00 0.01 0.05 1/123 \n', '0.00 0.01 0.05 123 4567\n', 'x/ 4\n', '/12\n'])(
    'does not take %j for a loadavg line',
    (line) => {
      expect(parse(line)).toBeUndefined();
    },
  );

  test('any two numbers', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), (tasks, pid) => {
        expect(parse(`1.00 2.00 3.00 4/${tasks} ${pid}\n`)).toEqual({ pid, tasks });
      }),
    );
  });
});

describe('the numbers the cursor passed', () => {
  const numbers = (after: number, upto: number, pidMax: number) => {
    const list: number[] = [];
    let pid = upto;
    for (let index = 0; index < countPidsBetween(after, upto, pidMax); index++) {
      list.push(pid);
      pid = previousPid(pid, after, upto, pidMax);
    }
    return list;
  };

  test('newest first', () => expect(numbers(5, 8, 32768)).toEqual([8, 7, 6]));
  test('none when it rests', () => expect(numbers(8, 8, 32768)).toEqual([]));
  test('around pid_max, and on from 300', () =>
    expect(numbers(397, 302, 400)).toEqual([302, 301, 300, 399, 398]));
  test('pid_max was lowered below the cursor', () => expect(numbers(4000, 301, 400)).toEqual([301, 300]));

  test('each number once, and isBetween agrees', () => {
    const pids = fc.integer({ min: 300, max: 499 });
    fc.assert(
      fc.property(pids, pids, (after, upto) => {
        const passed = numbers(after, upto, 500);
        expect(new Set(passed).size).toBe(passed.length);
        for (let pid = 300; pid < 500; pid++)
          expect(isPidBetween(pid, after, upto)).toBe(passed.includes(pid));
      }),
    );
  });
});
