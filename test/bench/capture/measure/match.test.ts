import { describe, expect, test } from 'vitest';
import type { Lifetime } from '../../../../bench/capture/generators/truth.ts';
import { matchLifetimes } from '../../../../bench/capture/measure/match.ts';
import { scoreOf } from '../../../../bench/capture/measure/score.ts';
import type { Observation } from '../../../../bench/capture/tools/observation.ts';

const ms = (value: number) => BigInt(Math.round(value * 1e6));

const lifetime = (pid: number, comm: string, fork: number, reap: number): Lifetime => ({
  pid,
  comm,
  forkNs: ms(fork),
  exitNs: ms(reap),
  reapNs: ms(reap),
  status: 'exit 3',
});

const observed = (
  what: Observation['what'],
  pid: number,
  comm: string,
  atMs: number,
  ppid?: number,
): Observation => ({
  what,
  pid,
  comm,
  ns: ms(atMs),
  ...(ppid !== undefined && { ppid }),
});

const generator = 50;
const score = (lifetimes: Lifetime[], observations: Observation[]) =>
  scoreOf(matchLifetimes({ generator, lifetimes }, observations, { prefix: 'q' }));

const noStatuses = { rightStatuses: 0, wrongStatuses: 0 };
const noErrors = { duplicates: 0, invented: 0, earlyExits: 0 };

describe('one child', () => {
  const lifetimes = [lifetime(100, 'q0', 1000, 1010)];

  test('a child with spawn, exec and exit is seen, named and exits promptly', () => {
    const observations = [
      observed('spawn', 100, 'churn', 1000.3, generator),
      observed('exec', 100, 'q0', 1001),
      observed('exit', 100, 'q0', 1010.2),
    ];
    expect(score(lifetimes, observations)).toEqual({
      children: 1,
      seen: 1,
      named: 1,
      exits: 1,
      promptExits: 1,
      ...noStatuses,
      ...noErrors,
    });
  });

  test('a child observed before its exec is seen, not named', () => {
    const observations = [observed('spawn', 100, 'churn', 1000.3), observed('exit', 100, 'churn', 1010)];
    expect(score(lifetimes, observations)).toMatchObject({ seen: 1, named: 0, exits: 1 });
  });

  test('a child without observations is missed', () => {
    expect(score(lifetimes, [])).toEqual({
      children: 1,
      seen: 0,
      named: 0,
      exits: 0,
      promptExits: 0,
      ...noStatuses,
      ...noErrors,
    });
  });

  test('an exit 6 ms after the reap counts, and is not prompt', () => {
    const observations = [observed('spawn', 100, 'q0', 1001), observed('exit', 100, 'q0', 1016)];
    expect(score(lifetimes, observations)).toMatchObject({ exits: 1, promptExits: 0 });
  });

  test('an exit between the earliest exit and a late reap is prompt', () => {
    const reapedLate = [{ ...lifetime(100, 'q0', 1000, 1100), exitNs: ms(1001) }];
    const observations = [observed('spawn', 100, 'q0', 1000.2), observed('exit', 100, 'q0', 1001.1)];
    expect(score(reapedLate, observations)).toMatchObject({ exits: 1, promptExits: 1 });
    const tooEarly = [observed('spawn', 100, 'q0', 994), observed('exit', 100, 'q0', 995)];
    expect(score(reapedLate, tooEarly)).toMatchObject({ exits: 1, promptExits: 0 });
  });

  test.each([
    ['exit 3', { rightStatuses: 1, wrongStatuses: 0 }],
    ['exit 0', { rightStatuses: 0, wrongStatuses: 1 }],
    [undefined, { rightStatuses: 0, wrongStatuses: 0 }],
  ] as const)('an exit with status %s is right, wrong or unknown', (status, statuses) => {
    const exit = { ...observed('exit', 100, 'q0', 1010), ...(status && { status }) };
    expect(score(lifetimes, [observed('spawn', 100, 'q0', 1001), exit])).toMatchObject(statuses);
  });

  test('a spawn before the fork matches, because a walk reports the time when it started', () => {
    expect(score(lifetimes, [observed('spawn', 100, 'q0', 990)])).toMatchObject({ seen: 1, invented: 0 });
  });

  test('a second spawn is a duplicate', () => {
    const observations = [observed('spawn', 100, 'q0', 1001), observed('spawn', 100, 'q0', 1002)];
    expect(score(lifetimes, observations)).toMatchObject({ seen: 1, duplicates: 1 });
  });

  test('a second exit is a duplicate', () => {
    const observations = [
      observed('spawn', 100, 'q0', 1001),
      observed('exit', 100, 'q0', 1010),
      observed('exit', 100, 'q0', 1011),
    ];
    expect(score(lifetimes, observations)).toMatchObject({ exits: 1, duplicates: 1 });
  });

  test('an exit before the spawn is early, in order or in time', () => {
    const byOrder = [observed('exit', 100, 'q0', 1009), observed('spawn', 100, 'q0', 1009)];
    const byTime = [observed('spawn', 100, 'q0', 1009), observed('exit', 100, 'q0', 1008)];
    expect(score(lifetimes, byOrder)).toMatchObject({ earlyExits: 1 });
    expect(score(lifetimes, byTime)).toMatchObject({ earlyExits: 1 });
  });

  test('a child with an exit and no spawn is not seen', () => {
    expect(score(lifetimes, [observed('exit', 100, 'q0', 1010)])).toMatchObject({
      seen: 0,
      exits: 0,
      earlyExits: 1,
    });
  });
});

describe('invented observations and other processes', () => {
  const lifetimes = [lifetime(100, 'q0', 1000, 1010)];

  test('a comm with the prefix and an unknown PID is invented', () => {
    expect(score(lifetimes, [observed('spawn', 101, 'q0', 1001)])).toMatchObject({ seen: 0, invented: 1 });
  });

  test('a child of the generator at the wrong time is invented', () => {
    expect(score(lifetimes, [observed('spawn', 100, 'churn', 9000, generator)])).toMatchObject({
      invented: 1,
    });
  });

  test('processes of other parents are ignored', () => {
    expect(score(lifetimes, [observed('spawn', 101, 'bash', 1001, 1)])).toMatchObject(noErrors);
  });

  test('the generator itself is ignored', () => {
    expect(score(lifetimes, [observed('exec', generator, 'q0', 1001)])).toMatchObject(noErrors);
  });

  test.each(['found', 'spawn'] as const)(
    'another process (%s) with the same PID before is ignored when its exit is reported late',
    (what) => {
      const observations = [
        observed(what, 100, 'sh', 500, 1),
        observed('exit', 100, 'sh', 1001),
        observed('spawn', 100, 'q0', 1001, generator),
        observed('exit', 100, 'q0', 1010),
      ];
      const all = { children: 1, seen: 1, named: 1, exits: 1, promptExits: 1, ...noStatuses, ...noErrors };
      expect(score(lifetimes, observations)).toEqual(all);
      const span = { fromNs: ms(900), toNs: ms(2000) };
      expect(scoreOf(matchLifetimes({ generator, lifetimes }, observations, { prefix: 'q', span }))).toEqual(
        all,
      );
    },
  );

  test('another process with the same PID soon after is ignored', () => {
    const observations = [
      observed('spawn', 100, 'q0', 1001, generator),
      observed('exit', 100, 'q0', 1010),
      observed('spawn', 100, 'sh', 1200, 1),
      observed('exec', 100, 'sleep', 1201),
      observed('exit', 100, 'sleep', 1300),
    ];
    expect(score(lifetimes, observations)).toEqual({
      children: 1,
      seen: 1,
      named: 1,
      exits: 1,
      promptExits: 1,
      ...noStatuses,
      ...noErrors,
    });
  });
});

describe('a reused PID', () => {
  const lifetimes = [lifetime(100, 'q0', 1000, 1010), lifetime(100, 'q1', 1020, 1030)];

  test('two lifetimes with their own spawn and exit are matched separately', () => {
    const observations = [
      observed('spawn', 100, 'q0', 1001),
      observed('exit', 100, 'q0', 1020.5),
      observed('spawn', 100, 'q1', 1020.5),
      observed('exit', 100, 'q1', 1030),
    ];
    expect(score(lifetimes, observations)).toEqual({
      children: 2,
      seen: 2,
      named: 2,
      exits: 2,
      promptExits: 1,
      ...noStatuses,
      ...noErrors,
    });
  });

  test('two lifetimes reported as one: the second is missed, and its exit is early', () => {
    const observations = [
      observed('spawn', 100, 'q0', 1001),
      observed('exec', 100, 'q1', 1021),
      observed('exit', 100, 'q1', 1030),
    ];
    expect(score(lifetimes, observations)).toMatchObject({ seen: 1, exits: 0, earlyExits: 1 });
  });

  test('a late exit belongs to the lifetime that was reported when the next one has the same comm', () => {
    const sameName = [lifetime(100, 'qv', 1000, 1001), lifetime(100, 'qv', 2000, 2001)];
    const observations = [
      observed('spawn', 100, 'qv', 1000.1),
      observed('exit', 100, 'qv', 2000.1),
      observed('spawn', 100, 'qv', 2000.1),
      observed('exit', 100, 'qv', 2001),
    ];
    expect(score(sameName, observations)).toMatchObject({ seen: 2, exits: 2, promptExits: 1, ...noErrors });
  });

  test('an observation without a matching comm belongs to the nearest lifetime', () => {
    const observations = [observed('spawn', 100, 'churn', 1000.5), observed('spawn', 100, 'churn', 1029)];
    expect(score(lifetimes, observations)).toMatchObject({ seen: 2, duplicates: 0 });
  });
});
