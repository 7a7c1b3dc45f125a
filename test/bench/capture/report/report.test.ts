import { expect, test } from 'vitest';
import { median } from '../../../../bench/capture/measure/median.ts';
import { emptyScore } from '../../../../bench/capture/measure/score.ts';
import type { Outcome } from '../../../../bench/capture/measure/session.ts';
import { parseOptions } from '../../../../bench/capture/options.ts';
import { replaceBetweenMarkers } from '../../../../bench/capture/report/document.ts';
import { goalsOf } from '../../../../bench/capture/report/goals.ts';
import { renderReport } from '../../../../bench/capture/report/report.ts';
import type { Results } from '../../../../bench/capture/report/results.ts';
import { accountingError } from '../../../../bench/capture/report/storm-table.ts';
import { percent, table } from '../../../../bench/capture/report/table.ts';
import type { ToolName } from '../../../../bench/capture/tools/tool.ts';

const noResults: Results = {
  machine: 'a machine',
  commit: 'abc',
  rounds: 1,
  seconds: 1,
  names: ['churntop kernel', 'churntop proc', 'forkstat'],
  accuracy: [],
  storm: [],
  stormAlone: [],
  costs: [],
  pidWrap: undefined,
  memory: [],
};

const outcome = (
  workload: string,
  children: number,
  seen: number,
  tool: ToolName = 'churntop proc',
): Outcome => ({
  workload,
  tool,
  score: { ...emptyScore, children, seen, named: seen, exits: seen, promptExits: seen },
  shares: { cpu: 0.1, sampler: 0.09 },
  disorder: 0,
  childrenPerSecond: 50,
  threadsPerSecond: 0,
  modes: ['cursor'],
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
  const goal = goalsOf({ ...noResults, accuracy }).find(({ what }) => what === 'proc: 1 ms and longer: seen');
  expect(goal).toMatchObject({ measured: '99.0 (fork 1 ms)', met: false });
});

const goalNamed = (results: Results, name: string) => goalsOf(results).find(({ what }) => what === name);

test('the kernel source has to see every child of every row', () => {
  const accuracy = [
    outcome('exec 1 ms, cores busy', 500, 499, 'churntop kernel'),
    outcome('fork 1 ms', 500, 500, 'churntop kernel'),
  ];
  const goal = goalNamed({ ...noResults, accuracy }, 'kernel: every row: seen');
  expect(goal).toMatchObject({ measured: '99.8 (exec 1 ms, cores busy)', required: '100 %', met: false });
});

test('an unknown exit status is not a wrong one, but the kernel source has to know all', () => {
  const accuracy = [outcome('fork 1 ms', 500, 500, 'churntop kernel')];
  expect(goalNamed({ ...noResults, accuracy }, 'kernel: wrong exit statuses')).toMatchObject({ met: true });
  expect(goalNamed({ ...noResults, accuracy }, 'kernel: every row: right exit status')).toMatchObject({
    measured: '0.0 (fork 1 ms)',
    met: false,
  });
});

test('a row in which churntop changed its mode is a failure of the source', () => {
  const accuracy = [{ ...outcome('fork 1 ms', 5, 5, 'churntop kernel'), modes: ['kernel', 'cursor'] }];
  expect(goalNamed({ ...noResults, accuracy }, 'kernel: rows in which the source failed')).toMatchObject({
    measured: '1',
    met: false,
  });
});

const counters = { allocatedPids: 1000, missedTasks: 300, pendingPids: 0, threadsSeen: 0, lostEvents: 900 };
const accounting = { ...counters, forked: 1000, threads: 0, missed: 300, unbalanced: 0 };

test('a storm meets its goal when most children are seen, or when all others are counted', () => {
  const storm = { ...outcome('storm, vfork 50 µs', 1000, 700, 'churntop kernel'), accounting };
  const name = 'kernel: storm, vfork 50 µs: seen, or missed counted';
  expect(goalNamed({ ...noResults, stormAlone: [storm] }, name)).toMatchObject({ met: true });
  const miscounted = { ...storm, accounting: { ...accounting, missed: 320 } };
  expect(goalNamed({ ...noResults, stormAlone: [miscounted] }, name)).toMatchObject({
    measured: '70.0, ± 2.0',
    met: false,
  });
});

test('missed tasks of other programs are not an error of the accounting', () => {
  expect(accountingError({ ...accounting, allocatedPids: 1010, missedTasks: 310 })).toBe(0);
  expect(accountingError({ ...accounting, allocatedPids: 1010, missedTasks: 311 })).toBe(0.001);
  expect(accountingError({ ...accounting, missedTasks: 299 })).toBe(0.001);
  expect(accountingError({ ...accounting, missedTasks: 299, pendingPids: 1 })).toBe(0.001);
  expect(accountingError(undefined)).toBe(1);
});

test('the report shows both sources side by side', () => {
  const accuracy = [
    outcome('fork 1 ms', 200, 200, 'churntop kernel'),
    outcome('fork 1 ms', 200, 199),
    outcome('fork 1 ms', 200, 198, 'forkstat'),
  ];
  const report = renderReport({ ...noResults, accuracy });
  expect(report).toMatch(/seen % \/ comm % \| children \| +kernel \| CPU % \| +proc \| CPU % \| +forkstat/);
  expect(report).toMatch(
    /fork 1 ms +\| +200 \| +100 \/ 100 \| +10\.0 \| +99\.5 \/ 99\.5 \| +10\.0 \| +99\.0 \/ 99\.0/,
  );
});

test('replaceBetweenMarkers replaces only the text between the markers', () => {
  const text = 'before\n<!-- bench:capture -->\nold\n<!-- /bench:capture -->\nafter\n';
  expect(replaceBetweenMarkers(text, 'new')).toBe(
    'before\n<!-- bench:capture -->\n\nnew\n\n<!-- /bench:capture -->\nafter\n',
  );
  expect(() => replaceBetweenMarkers('no markers', 'new')).toThrow('no <!-- bench:capture -->');
});

test('parseOptions reads flags and rejects invalid numbers', () => {
  expect(parseOptions([])).toMatchObject({ rounds: 1, seconds: 10, stormMinutes: 0.5, alone: false });
  expect(parseOptions(['--quick'])).toMatchObject({ rounds: 1, seconds: 2 });
  const { isSelected } = parseOptions(['--only', 'storm', '--only', 'fork 0.2']);
  expect(['storm, fork 1 ms', 'fork 0.2 ms', 'exec 0.2 ms'].map(isSelected)).toEqual([true, true, false]);
  expect(parseOptions([]).sources).toEqual(['kernel', 'proc']);
  expect(parseOptions(['--source', 'proc']).sources).toEqual(['proc']);
  expect(() => parseOptions(['--source', 'x'])).toThrow(
    '--source: invalid value "x" (expected kernel, proc or both)',
  );
  expect(() => parseOptions(['--rounds', 'x'])).toThrow(
    '--rounds: invalid number "x" (expected above 0, at most 100)',
  );
});
