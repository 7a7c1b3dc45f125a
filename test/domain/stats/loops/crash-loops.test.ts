import { describe, expect, test } from 'vitest';
import { AlertEvaluator } from '../../../../src/domain/alerts/evaluator.ts';
import { formatAlert } from '../../../../src/domain/alerts/format.ts';
import { defaultRules } from '../../../../src/domain/alerts/rule.ts';
import type { ProbeEvent } from '../../../../src/domain/events/event.ts';
import { ChurnStats } from '../../../../src/domain/stats/churn-stats.ts';
import { type RestartLoopSummary, summarizeLoops } from '../../../../src/domain/stats/loops/loop-summary.ts';
import { statsOf } from '../../../support/fixtures/churn-stats.ts';
import { seconds, spawned, zombie } from '../../../support/fixtures/events.ts';
import {
  type MadeRun,
  observeRuns,
  type Random,
  randomRuns,
  seededRandom,
  supervisedRuns,
} from '../../../support/fixtures/restart-traces.ts';

/** The processes of all traces: PID 1 is init, 500 a shell, 600 make, 700 a supervisor. */
const parents = [
  [1, 'init', 0],
  [500, 'bash', 1],
  [600, 'make', 500],
  [700, 'supervisor', 1],
].map(([pid, comm, ppid]) =>
  spawned(pid as number, comm as string, 0, { initial: true, guest_ppid: ppid as number }),
);

const loopsOf = (events: readonly ProbeEvent[]): RestartLoopSummary[] => {
  const stats = statsOf([...parents, ...events]);
  return summarizeLoops(stats);
};

/** Returns the texts of the alerts that the default rules raise, evaluated each second. */
const alertsOf = (events: readonly ProbeEvent[]): string[] => {
  const evaluator = new AlertEvaluator(defaultRules);
  const alerts = [];
  let nowNs = 0n;
  for (const event of [...parents, ...events]) {
    for (; nowNs < event.guest_monotonic_ns; nowNs += seconds(1)) alerts.push(...evaluator.evaluate(nowNs));
    evaluator.apply(event);
  }
  for (let second = 0; second < 3; second++, nowNs += seconds(1)) alerts.push(...evaluator.evaluate(nowNs));
  return alerts.filter(({ ended }) => !ended).map(formatAlert);
};

const share = (hits: number, of: number): number => hits / of;

describe('processes that are spawned at random moments', () => {
  const gaps = [0.1, 0.5, 1, 2, 10];
  const lifetimes = [0.01, 0.1, 0.5, 1, 5];
  const traces = (visit: (runs: MadeRun[], random: Random) => boolean) => {
    let found = 0;
    for (const [row, gap] of gaps.entries()) {
      for (const [column, life] of lifetimes.entries()) {
        for (let seed = 0; seed < 20; seed++) {
          const random = seededRandom((row * 5 + column) * 20 + seed);
          // Half of the traces have lifetimes that vary.
          const lifeOf = () => (seed % 2 === 0 ? life : life * random.exponential());
          if (visit(randomRuns(300, { random, gap, life: lifeOf }), random)) found++;
        }
      }
    }
    return share(found, gaps.length * lifetimes.length * 20);
  };

  test.each([0, 0.001, 0.1])(
    'are a loop in at most 1 of 100 traces at a sampling window of %d s [fault:loop-by-chance]',
    (window) => {
      expect(
        traces((runs, random) => loopsOf(observeRuns(runs, { random, window })).length > 0),
      ).toBeLessThanOrEqual(0.01);
    },
  );

  test('are a loop in at most 1 of 100 traces if all of them fail [fault:loop-by-chance]', () => {
    const failing = (runs: MadeRun[]) => runs.map((run) => ({ ...run, exitCode: 1 }));
    expect(traces((runs) => loopsOf(observeRuns(failing(runs))).length > 0)).toBeLessThanOrEqual(0.01);
  });
});

describe('a supervisor', () => {
  const lifetimes: Readonly<Record<string, (random: Random) => () => number>> = {
    constant: () => () => 0.5,
    random: (random) => () => 0.3 + 3.7 * random.uniform(),
    exponential: (random) => () => Math.min(9, 0.8 * random.exponential()),
  };
  const delays: Readonly<Record<string, (base: number, random: Random) => (index: number) => number>> = {
    fixed: (base) => () => base,
    doubling: (base) => (index) => base * 2 ** index,
    'growing by a half': (base) => (index) => base * 1.5 ** index,
    'growing by a constant': (base) => (index) => base * (1 + index),
    'doubling up to a limit': (base) => (index) => Math.min(base * 8, base * 2 ** index),
    'shrinking by a tenth': (base) => (index) => base * 0.9 ** index,
    'shrinking by a constant': (base) => (index) => base * (1 - 0.08 * index),
    'jittered by 20 %': (base, random) => () => base * (0.8 + 0.4 * random.uniform()),
  };
  const cases = Object.keys(delays).flatMap((delay) =>
    Object.keys(lifetimes).map((lifetime) => [delay, lifetime] as const),
  );

  test.each(cases)(
    'with %s delays and %s lifetimes is found within 8 runs in 95 of 100 traces [fault:loop-by-delay]',
    (delay, lifetime) => {
      let found = 0;
      let total = 0;
      for (const base of [0.2, 1, 3]) {
        for (const window of [0, 0.001, 0.01]) {
          for (let seed = 0; seed < 20; seed++, total++) {
            const random = seededRandom(seed * 9 + base * 3 + window);
            const runs = supervisedRuns(8, {
              delay: delays[delay]?.(base, random) ?? (() => Number.NaN),
              life: lifetimes[lifetime]?.(random) ?? (() => Number.NaN),
            });
            if (loopsOf(observeRuns(runs, { random, window })).length === 1) found++;
          }
        }
      }
      expect(share(found, total)).toBeGreaterThanOrEqual(0.95);
    },
  );

  test('with a fixed delay is found within 8 runs in walk mode [fault:loop-by-delay]', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed);
      const runs = supervisedRuns(8, { delay: () => 1, life: () => 0.3 + 3.7 * random.uniform() });
      expect(loopsOf(observeRuns(runs, { random, window: 0.1 }))).toHaveLength(1);
    }
  });

  test('keeps its mark while the loop continues, whatever the lifetimes [fault:loop-by-delay]', () => {
    const random = seededRandom(7);
    const runs = supervisedRuns(60, { delay: () => 1, life: () => 0.3 + 3.7 * random.uniform() });
    for (let length = 8; length <= 60; length++) {
      expect(loopsOf(observeRuns(runs.slice(0, length)))).toMatchObject([
        { comm: 'api-server', count: length, sinceNs: 1e9, ongoing: true, isCrashLoop: true },
      ]);
    }
  });

  test('that restarts faster is reported with both periods and the exit status [fault:loop-by-delay]', () => {
    const runs = supervisedRuns(47, {
      delay: (index) => 1.8 - (1.3 * index) / 46,
      life: () => 0.2,
      exitCode: 78,
    });
    const events = observeRuns(runs, { ppid: 700 });
    const [loop] = loopsOf(events);
    expect(loop).toMatchObject({ count: 47, failure: { exit_code: 78 }, ongoing: true });
    expect((loop?.periodNs ?? 0) / 1e9).toBeCloseTo(0.7, 1);
    expect((loop?.firstPeriodNs ?? 0) / 1e9).toBeCloseTo(2.0, 1);
    expect(alertsOf(events)).toEqual([
      expect.stringMatching(/^crash loop: api-server ×[56] under supervisor 700, every [12]\.\ds, exit 78$/),
    ]);
  });

  test('that backs off is reported with both periods', () => {
    const runs = supervisedRuns(12, { delay: (index) => Math.min(60, 0.1 * 2 ** index), life: () => 0.05 });
    const [loop] = loopsOf(observeRuns(runs));
    expect(loop).toMatchObject({ count: 12, isCrashLoop: true });
    expect(loop?.periodNs).toBeGreaterThan(50e9);
    expect(loop?.firstPeriodNs).toBeLessThan(1e9);
  });

  test('is found although some runs are missed', () => {
    const random = seededRandom(3);
    const runs = supervisedRuns(80, { delay: () => 1, life: () => 0.2 * random.uniform() });
    const seen = runs.filter((_, index) => index % 9 !== 8);
    expect(loopsOf(observeRuns(seen))).toMatchObject([{ ongoing: true, sinceNs: 1e9 }]);
  });

  test('is found although PIDs are reused and an exit is missed', () => {
    const runs = supervisedRuns(30, { delay: () => 0.7, life: () => 0.3 });
    const events = observeRuns(runs, { firstPid: 100, pids: 3 });
    const missed = events.findIndex(
      (event) => event.probe_source === 'process.exited' && event.guest_monotonic_ns > seconds(12),
    );
    expect(loopsOf(events.toSpliced(missed, 1))).toMatchObject([{ ongoing: true, sinceNs: 1e9 }]);
  });

  test('is found next to an instance of the same program that runs well', () => {
    const runs = supervisedRuns(20, { delay: () => 0.7, life: () => 0.3 });
    const well = { at: 0.5, life: 15 };
    expect(loopsOf(observeRuns([well, ...runs]))).toMatchObject([{ count: 20, ongoing: true }]);
  });

  test('that gives up is not an ongoing loop, and a later loop is another one', () => {
    const first = supervisedRuns(10, { delay: () => 0.5, life: () => 0.3 });
    const later = first.map((run) => ({ ...run, at: run.at + 300 }));
    const stats = new ChurnStats();
    for (const event of observeRuns(first)) stats.apply(event);
    stats.advance(seconds(60));
    expect(summarizeLoops(stats)).toMatchObject([{ count: 10, ongoing: false }]);
    for (const event of observeRuns(later, { firstPid: 1000 })) stats.apply(event);
    expect(summarizeLoops(stats)).toMatchObject([
      { count: 10, ongoing: false },
      { count: 10, ongoing: true },
    ]);
  });

  test('whose service runs well again is not an ongoing loop', () => {
    const runs = supervisedRuns(10, { delay: () => 0.5, life: () => 0.3 });
    const well = { at: (runs.at(-1)?.at ?? 0) + 0.8, life: 20 };
    expect(loopsOf(observeRuns([...runs, well]))).toMatchObject([{ count: 10, ongoing: false }]);
  });
});

describe('no crash loop [fault:no-crash-loop]', () => {
  const random = seededRandom(11);
  const jobs = (count: number, period: number, life: () => number, run: Partial<MadeRun> = {}): MadeRun[] =>
    Array.from({ length: count }, (_, index) => ({ at: 1 + index * period, life: life(), ...run }));
  /** Alternates `sleep` and another program, as a shell loop does. */
  const shellLoop = (comm: string, ppid: number): MadeRun[] =>
    jobs(40, 1.006, () => 1, { comm: 'sleep', ppid }).flatMap((run) => [
      run,
      { ...run, comm, at: run.at + 1.002, life: 0.002 },
    ]);
  const build = (ppid: number): MadeRun[] =>
    supervisedRuns(200, {
      delay: () => 0.001 + 0.002 * random.uniform(),
      life: () => 0.05 + 0.5 * random.exponential(),
    }).map((run) => ({ ...run, comm: 'cc1', ppid }));
  const parallel = randomRuns(300, { random, gap: 0.1, life: () => 0.4 * random.exponential() });

  test.each<[string, MadeRun[]]>([
    ['a cron job each 60 s', jobs(12, 60, () => 0.2 + random.uniform(), { comm: 'cron' })],
    ['a cron job each 60 s that fails', jobs(12, 60, () => 0.05, { comm: 'cron', exitCode: 1 })],
    [
      'a cron job that starts a little late',
      jobs(12, 60, () => 2).map((run) => ({ ...run, at: run.at + 0.3 * random.uniform() })),
    ],
    ['a job each 5 minutes', jobs(9, 300, () => 1.5)],
    ['a timer each 10 s with lifetimes that vary', jobs(30, 10, () => 0.1 + 2 * random.uniform())],
    ['a timer each 2 s that fails', jobs(30, 2, () => 0.1 + random.uniform(), { exitCode: 2 })],
    [
      'sleep under a program',
      supervisedRuns(40, { delay: () => 0.1, life: () => 5 }).map((run) => ({
        ...run,
        comm: 'sleep',
        ppid: 700,
      })),
    ],
    ['while sleep 1; do date; done', shellLoop('date', 500)],
    [
      'a loop of a shell without sleep',
      supervisedRuns(40, { delay: () => 0.5, life: () => 0.2 }).map((run) => ({ ...run, ppid: 500 })),
    ],
    ['a build', build(600)],
    ['a build by an unknown program', build(700)],
    ['parallel children', parallel],
    ['parallel compilers of a build', parallel.map((run) => ({ ...run, comm: 'cc1', ppid: 600 }))],
  ])('%s is no loop', (_, runs) => {
    const events = observeRuns(runs);
    expect(loopsOf(events)).toEqual([]);
    expect(alertsOf(events)).toEqual([]);
  });

  test('[fault:no-crash-loop] jobs with random lifetimes, one after the other, are a loop in at most 1 of 100 traces', () => {
    let found = 0;
    for (let seed = 0; seed < 200; seed++) {
      const jobRandom = seededRandom(seed);
      const runs = supervisedRuns(60, { delay: () => 0.002, life: () => 0.1 + 1.9 * jobRandom.uniform() });
      if (loopsOf(observeRuns(runs, { ppid: 700 })).length > 0) found++;
    }
    expect(share(found, 200)).toBeLessThanOrEqual(0.01);
  });

  test.each<[string, MadeRun[]]>([
    [
      'a health check 10 s after the one before',
      supervisedRuns(40, { delay: () => 10, life: () => 0.05 + 0.1 * random.uniform() }),
    ],
    ['a health check each 10 s', jobs(40, 10, () => 0.05)],
    ['a script that runs a program each second', shellLoop('date', 700)],
    [
      'a script that runs a longer program each second',
      shellLoop('date', 700).map((run) =>
        run.comm === 'date' ? { ...run, life: 0.004 } : { ...run, life: 0.5 },
      ),
    ],
  ])('%s raises no alert', (_, runs) => {
    const events = observeRuns(runs);
    expect(alertsOf(events)).toEqual([]);
    for (const loop of loopsOf(events)) expect(loop.isCrashLoop).toBe(false);
  });

  /** Alternates a failing program and `sleep`, as `until PROGRAM; do sleep 1; done` does. */
  const waitLoop = (comm: string, run: { life: number; exitCode: number; ppid?: number }): MadeRun[] =>
    supervisedRuns(40, { delay: () => 1.004, life: () => run.life }).flatMap(({ at }) => [
      { ppid: 500, ...run, at, comm },
      { ppid: run.ppid ?? 500, at: at + run.life + 0.001, life: 1, comm: 'sleep' },
    ]);

  test.each<[string, MadeRun[]]>([
    ['until nc -z db 5432; do sleep 1; done', waitLoop('nc', { life: 0.003, exitCode: 1 })],
    ['until curl -sf http://db; do sleep 1; done', waitLoop('curl', { life: 0.3, exitCode: 7 })],
    ['until ssh host true; do sleep 1; done', waitLoop('ssh', { life: 0.1, exitCode: 255 })],
    ['until ./ready.sh; do sleep 1; done', waitLoop('ready.sh', { life: 0.005, exitCode: 1 })],
    ['a script that waits', waitLoop('nc', { life: 0.003, exitCode: 1, ppid: 700 })],
  ])('%s raises no alert although the program fails', (_, runs) => {
    const events = observeRuns(runs);
    expect(alertsOf(events)).toEqual([]);
    expect(loopsOf(events)).toMatchObject([{ isCrashLoop: false, failure: {} }]);
  });

  test.each<[string, MadeRun[]]>([
    ['lives longer than a condition', waitLoop('api-server', { life: 0.06, exitCode: 1 })],
    ['reports a configuration error', waitLoop('api-server', { life: 0.005, exitCode: 78 })],
    ['cannot be found', waitLoop('api-server', { life: 0.002, exitCode: 127 })],
  ])('a failing service in a shell loop with sleep is a crash loop when it %s', (_, runs) => {
    expect(alertsOf(observeRuns(runs))).toHaveLength(1);
  });

  test('a check that a signal terminates is a crash loop in a shell loop with sleep', () => {
    const events = observeRuns(waitLoop('nc', { life: 0.003, exitCode: 1 })).map((event): ProbeEvent => {
      if (event.probe_source !== 'process.exited' || event.guest_comm !== 'nc') return event;
      const { exit_code: _, ...rest } = event;
      return { ...rest, exit_signal: 11 };
    });
    expect(alertsOf(events)).toHaveLength(1);
  });

  test('a health check that fails is a crash loop', () => {
    const runs = supervisedRuns(40, { delay: () => 10, life: () => 0.1, exitCode: 1 });
    expect(alertsOf(observeRuns(runs, { comm: 'check' }))).toEqual([
      expect.stringMatching(/^crash loop: check ×[56] under init 1, every 10s, exit 1$/),
    ]);
  });

  test('a shell that restarts a failing service is a crash loop', () => {
    const runs = supervisedRuns(20, { delay: () => 1, life: () => 0.4, exitCode: 78 });
    expect(loopsOf(observeRuns(runs, { ppid: 500 }))).toMatchObject([
      { isCrashLoop: true, failure: { exit_code: 78 } },
    ]);
  });

  test('a job that succeeds after a second or more is no crash loop', () => {
    const runs = (exitCode?: number) =>
      supervisedRuns(40, { delay: () => 5, life: () => 2, ...(exitCode !== undefined && { exitCode }) });
    const jobs = observeRuns(runs(0), { ppid: 700 });
    expect(loopsOf(jobs)).toMatchObject([{ isCrashLoop: false, succeeds: true }]);
    expect(alertsOf(jobs)).toEqual([]);
    // Without a status, or with a failure, the same delays are a crash loop.
    for (const exitCode of [undefined, 1])
      expect(loopsOf(observeRuns(runs(exitCode), { ppid: 700 }))).toMatchObject([{ isCrashLoop: true }]);
  });

  const quickJobs = (exitCode?: number) =>
    supervisedRuns(20, { delay: () => 1, life: () => 0.4, ...(exitCode !== undefined && { exitCode }) });

  test('a short program is no crash loop when every run is known to succeed', () => {
    const events = observeRuns(quickJobs(0), { ppid: 700 });
    expect(loopsOf(events)).toMatchObject([{ count: 20, isCrashLoop: false, succeeds: true }]);
    expect(alertsOf(events)).toEqual([]);
  });

  test('jobs that succeed are no crash loop when they take longer and longer', () => {
    let life = 0.2;
    const lifeOf = () => (life += 0.1);
    const runs = supervisedRuns(40, { delay: () => 1, life: lifeOf, exitCode: 0 });
    expect(loopsOf(observeRuns(runs, { ppid: 700 }))).toMatchObject([{ isCrashLoop: false }]);
  });

  test('a short program is a crash loop when a status is unknown or another failure was seen', () => {
    const unknown = quickJobs(0).map((run, index) => {
      const { exitCode: _, ...rest } = run;
      return index === 18 ? rest : run;
    });
    for (const runs of [quickJobs(), unknown])
      expect(loopsOf(observeRuns(runs, { ppid: 700 }))).toMatchObject([{ isCrashLoop: true }]);
    const failing = quickJobs(0).map((run, index) => (index % 2 === 0 ? { ...run, exitCode: 1 } : run));
    expect(loopsOf(observeRuns(failing, { ppid: 700 }))).toMatchObject([{ isCrashLoop: true }]);
  });

  test('a program that is restarted slower and slower is a crash loop although it exits with 0', () => {
    const slower = supervisedRuns(12, { delay: (index) => 2 ** index, life: () => 0.4, exitCode: 0 });
    expect(loopsOf(observeRuns(slower, { ppid: 700 }))).toMatchObject([{ isCrashLoop: true }]);
  });

  test('a rare failure among observed successes does not make a program fail', () => {
    const runs = jobs(40, 1.5, () => 0.5, { ppid: 500 }).map((run, index) =>
      index === 20 ? { ...run, exitCode: 1 } : run,
    );
    const events = observeRuns(runs).flatMap((event): ProbeEvent[] => {
      if (event.probe_source !== 'process.exited') return [event];
      const { guest_pid, guest_comm, guest_monotonic_ns, start_ticks = 0 } = event;
      return [zombie(guest_pid, guest_comm, 0, { guest_monotonic_ns, start_ticks }), event];
    });
    expect(loopsOf(events)).toEqual([]);
  });
});
