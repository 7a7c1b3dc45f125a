import { expect, test } from 'vitest';
import { median } from '../../../../bench/capture/measure/median.ts';
import { emptyScore } from '../../../../bench/capture/measure/score.ts';
import type { Outcome } from '../../../../bench/capture/measure/session.ts';
import { parseOptions } from '../../../../bench/capture/options.ts';
import { replaceBetweenMarkers } from '../../../../bench/capture/report/document.ts';
import { goalsOf } from '../../../../bench/capture/report/goals.ts';
import { renderReport } from '../../../../bench/capture/report/report.ts';
import type { Results } from '../../../../bench/capture/report/results.ts';
import { percent, table } from '../../../../bench/capture/report/table.ts';

const noResults: Results = {
  machine: 'a machine',
  commit: 'abc',
  rounds: 1,
  seconds: 1,
  names: ['churntop'],
  accuracy: [],
  storm: [],
  stormAlone: [],
  costs: [],
  pidWrap: undefined,
  memory: undefined,
};

const outcome = (workload: string, children: number, seen: number): Outcome => ({
  workload,
  tool: 'churntop',
  score: { ...emptyScore, children, seen, named: seen, exits: seen, promptExits: seen },
  shares: { cpu: 0.1, sampler: 0.09 },
  disorder: 0,
  childrenPerSecond: 50,
  intervalNs: undefined,
  accounting: undefined,
});

test('median ignores undefined values and averages the middle two', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, undefined, 3, 2])).toBe(2.5);
  expect(median([])).toBeUndefined();
});

test('percent rounds a share below 1 to at most 99.9', () => {
  expect(percent(1)).toBe('100');
  expect(percent(0.9999)).toBe('99.9');
  expect(percent(undefined)).toBe('–');
});

test('table aligns its columns', () => {
  expect(
    table(
      ['name', 'n'],
      [
        ['a', '10'],
        ['long', '9'],
      ],
    ),
  ).toBe(['| name |   n |', '| ---- | --: |', '| a    |  10 |', '| long |   9 |'].join('\n'));
});

test('a goal is undefined when it was not measured', () => {
  expect(goalsOf(noResults).every(({ met }) => met === undefined)).toBe(true);
  expect(renderReport(noResults)).toContain('a machine');
});

test('a goal uses all rounds of its worst row', () => {
  const accuracy = [
    outcome('fork 1 ms', 500, 500),
    outcome('fork 1 ms', 500, 490),
    outcome('exec 5 ms', 9, 9),
  ];
  const goal = goalsOf({ ...noResults, accuracy }).find(({ what }) => what === '1 ms and longer: seen');
  expect(goal).toMatchObject({ measured: '99.0 (fork 1 ms)', met: false });
});

test('replaceBetweenMarkers replaces only the text between the markers', () => {
  const text = 'before\n<!-- bench:capture -->\nold\n<!-- /bench:capture -->\nafter\n';
  expect(replaceBetweenMarkers(text, 'new')).toBe(
    'before\n<!-- bench:capture -->\n\nnew\n\n<!-- /bench:capture -->\nafter\n',
  );
  expect(() => replaceBetweenMarkers('no markers', 'new')).toThrow('no <!-- bench:capture -->');
});

test('parseOptions reads flags and rejects invalid numbers', () => {
  expect(parseOptions([])).toMatchObject({ rounds: 3, seconds: 10, stormMinutes: 1, alone: false });
  expect(parseOptions(['--quick'])).toMatchObject({ rounds: 1, seconds: 3 });
  const { isSelected } = parseOptions(['--only', 'storm', '--only', 'fork 0.2']);
  expect(['storm, fork 1 ms', 'fork 0.2 ms', 'exec 0.2 ms'].map(isSelected)).toEqual([true, true, false]);
  expect(() => parseOptions(['--rounds', 'x'])).toThrow(
    '--rounds: invalid number "x" (expected above 0, at most 100)',
  );
});
