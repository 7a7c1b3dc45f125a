import { expect, test } from 'vitest';
import { between } from '../../bench/capture/document.ts';
import { goalsOf } from '../../bench/capture/goals.ts';
import { median } from '../../bench/capture/median.ts';
import { parseOptions } from '../../bench/capture/options.ts';
import { renderReport } from '../../bench/capture/report.ts';
import type { Results } from '../../bench/capture/results.ts';
import { noScore } from '../../bench/capture/score.ts';
import type { Outcome } from '../../bench/capture/session.ts';
import { percent, table } from '../../bench/capture/table.ts';

const nothing: Results = {
  machine: 'a machine',
  commit: 'abc',
  rounds: 1,
  seconds: 1,
  names: ['churntop'],
  accuracy: [],
  storm: [],
  stormAlone: [],
  costs: [],
  wrap: undefined,
  memory: undefined,
};

const outcome = (cell: string, children: number, seen: number): Outcome => ({
  cell,
  who: 'churntop',
  score: { ...noScore, children, seen, named: seen, exits: seen, prompt: seen },
  shares: { cpu: 0.1, sampler: 0.09 },
  disorder: 0,
  pace: 50,
  meanIntervalNs: undefined,
  accounting: undefined,
});

test('median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, undefined, 3, 2])).toBe(2.5);
  expect(median([])).toBeUndefined();
});

test('a share just below all never reads as all', () => {
  expect(percent(1)).toBe('100');
  expect(percent(0.9999)).toBe('99.9');
  expect(percent(undefined)).toBe('–');
});

test('a table aligns its columns', () => {
  expect(
    table(
      ['who', 'n'],
      [
        ['a', '10'],
        ['long', '9'],
      ],
    ),
  ).toBe(['| who  |   n |', '| ---- | --: |', '| a    |  10 |', '| long |   9 |'].join('\n'));
});

test('what was not measured is neither met nor missed', () => {
  expect(goalsOf(nothing).every(({ met }) => met === undefined)).toBe(true);
  expect(renderReport(nothing)).toContain('a machine');
});

test('a goal is judged by all rounds of its worst row together', () => {
  const accuracy = [
    outcome('fork 1 ms', 500, 500),
    outcome('fork 1 ms', 500, 490),
    outcome('exec 5 ms', 9, 9),
  ];
  const goal = goalsOf({ ...nothing, accuracy }).find(({ what }) => what === '1 ms and longer: seen');
  expect(goal).toMatchObject({ measured: '99.0 (fork 1 ms)', met: false });
});

test('the report goes between the markers, and nothing else changes', () => {
  const text = 'before\n<!-- bench:capture -->\nold\n<!-- /bench:capture -->\nafter\n';
  expect(between(text, 'new')).toBe(
    'before\n<!-- bench:capture -->\n\nnew\n\n<!-- /bench:capture -->\nafter\n',
  );
  expect(() => between('no markers', 'new')).toThrow('no <!-- bench:capture -->');
});

test('flags', () => {
  expect(parseOptions([])).toMatchObject({ rounds: 3, seconds: 10, stormMinutes: 1, alone: false });
  expect(parseOptions(['--quick'])).toMatchObject({ rounds: 1, seconds: 3 });
  const { wants } = parseOptions(['--only', 'storm', '--only', 'fork 0.2']);
  expect(['storm, fork 1 ms', 'fork 0.2 ms', 'exec 0.2 ms'].map(wants)).toEqual([true, true, false]);
  expect(() => parseOptions(['--rounds', 'x'])).toThrow('--rounds must be');
});
