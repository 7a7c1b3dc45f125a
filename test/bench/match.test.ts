import { describe, expect, test } from 'vitest';
import { matchLives } from '../../bench/capture/match.ts';
import type { Observation } from '../../bench/capture/observation.ts';
import { scoreOf } from '../../bench/capture/score.ts';
import type { Life } from '../../bench/capture/truth.ts';

const ms = (value: number) => BigInt(Math.round(value * 1e6));

const life = (pid: number, comm: string, fork: number, reap: number): Life => ({
  pid,
  comm,
  forkNs: ms(fork),
  reapNs: ms(reap),
});

const saw = (
  what: Observation['what'],
  pid: number,
  comm: string,
  at: number,
  ppid?: number,
): Observation => ({
  what,
  pid,
  comm,
  ns: ms(at),
  ...(ppid !== undefined && { ppid }),
});

const generator = 50;
const judge = (lives: Life[], observations: Observation[]) =>
  scoreOf(matchLives({ generator, lives }, observations, 'q'));

const clean = { duplicates: 0, invented: 0, early: 0 };

describe('one child', () => {
  const lives = [life(100, 'q0', 1000, 1010)];

  test('spawn, exec and exit told: seen, named, ended in time', () => {
    const told = [
      saw('spawn', 100, 'churn', 1000.3, generator),
      saw('exec', 100, 'q0', 1001),
      saw('exit', 100, 'q0', 1010.2),
    ];
    expect(judge(lives, told)).toEqual({ children: 1, seen: 1, named: 1, exits: 1, prompt: 1, ...clean });
  });

  test('seen before it had its name: seen, not named', () => {
    const told = [saw('spawn', 100, 'churn', 1000.3), saw('exit', 100, 'churn', 1010)];
    expect(judge(lives, told)).toMatchObject({ seen: 1, named: 0, exits: 1 });
  });

  test('nothing told: missed', () => {
    expect(judge(lives, [])).toEqual({ children: 1, seen: 0, named: 0, exits: 0, prompt: 0, ...clean });
  });

  test('an exit 6 ms after the reap is told, but late', () => {
    const told = [saw('spawn', 100, 'q0', 1001), saw('exit', 100, 'q0', 1016)];
    expect(judge(lives, told)).toMatchObject({ exits: 1, prompt: 0 });
  });

  test('a walk stamps with the time it began, before the fork', () => {
    expect(judge(lives, [saw('spawn', 100, 'q0', 990)])).toMatchObject({ seen: 1, invented: 0 });
  });

  test('told twice', () => {
    const told = [saw('spawn', 100, 'q0', 1001), saw('spawn', 100, 'q0', 1002)];
    expect(judge(lives, told)).toMatchObject({ seen: 1, duplicates: 1 });
  });

  test('ended twice', () => {
    const told = [saw('spawn', 100, 'q0', 1001), saw('exit', 100, 'q0', 1010), saw('exit', 100, 'q0', 1011)];
    expect(judge(lives, told)).toMatchObject({ exits: 1, duplicates: 1 });
  });

  test('ended before born, in order or in time', () => {
    const order = [saw('exit', 100, 'q0', 1009), saw('spawn', 100, 'q0', 1009)];
    const time = [saw('spawn', 100, 'q0', 1009), saw('exit', 100, 'q0', 1008)];
    expect(judge(lives, order)).toMatchObject({ early: 1 });
    expect(judge(lives, time)).toMatchObject({ early: 1 });
  });

  test('an exit without a spawn is no sight of the child', () => {
    expect(judge(lives, [saw('exit', 100, 'q0', 1010)])).toMatchObject({ seen: 0, exits: 0, early: 1 });
  });
});

describe('inventions and strangers', () => {
  const lives = [life(100, 'q0', 1000, 1010)];

  test('a name of ours under a number that was none of ours', () => {
    expect(judge(lives, [saw('spawn', 101, 'q0', 1001)])).toMatchObject({ seen: 0, invented: 1 });
  });

  test('a child of the generator at a time when there was none', () => {
    expect(judge(lives, [saw('spawn', 100, 'churn', 9000, generator)])).toMatchObject({ invented: 1 });
  });

  test('what others start is nobody’s business', () => {
    expect(judge(lives, [saw('spawn', 101, 'bash', 1001, 1)])).toMatchObject(clean);
  });

  test('the generator taking new names is no child', () => {
    expect(judge(lives, [saw('exec', generator, 'q0', 1001)])).toMatchObject(clean);
  });

  test.each(['found', 'spawn'] as const)(
    'another’s process (%s) that had the number before, its end told late, within the child’s time',
    (what) => {
      const told = [
        saw(what, 100, 'sh', 500, 1),
        saw('exit', 100, 'sh', 1001),
        saw('spawn', 100, 'q0', 1001, generator),
        saw('exit', 100, 'q0', 1010),
      ];
      const all = { children: 1, seen: 1, named: 1, exits: 1, prompt: 1, ...clean };
      expect(judge(lives, told)).toEqual(all);
      const span = { fromNs: ms(900), toNs: ms(2000) };
      expect(scoreOf(matchLives({ generator, lives }, told, 'q', span))).toEqual(all);
    },
  );

  test('another’s child that takes the number soon after', () => {
    const told = [
      saw('spawn', 100, 'q0', 1001, generator),
      saw('exit', 100, 'q0', 1010),
      saw('spawn', 100, 'sh', 1200, 1),
      saw('exec', 100, 'sleep', 1201),
      saw('exit', 100, 'sleep', 1300),
    ];
    expect(judge(lives, told)).toEqual({ children: 1, seen: 1, named: 1, exits: 1, prompt: 1, ...clean });
  });
});

describe('a reused number', () => {
  const lives = [life(100, 'q0', 1000, 1010), life(100, 'q1', 1020, 1030)];

  test('two lives, each with its own spawn and exit', () => {
    const told = [
      saw('spawn', 100, 'q0', 1001),
      saw('exit', 100, 'q0', 1020.5),
      saw('spawn', 100, 'q1', 1020.5),
      saw('exit', 100, 'q1', 1030),
    ];
    expect(judge(lives, told)).toEqual({ children: 2, seen: 2, named: 2, exits: 2, prompt: 1, ...clean });
  });

  test('merged into one life: the second was missed, and ends without having begun', () => {
    const told = [saw('spawn', 100, 'q0', 1001), saw('exec', 100, 'q1', 1021), saw('exit', 100, 'q1', 1030)];
    expect(judge(lives, told)).toMatchObject({ seen: 1, exits: 0, early: 1 });
  });

  test('without the name, the nearest in time', () => {
    const told = [saw('spawn', 100, 'churn', 1000.5), saw('spawn', 100, 'churn', 1029)];
    expect(judge(lives, told)).toMatchObject({ seen: 2, duplicates: 0 });
  });
});
