import type { Outcome } from '../measure/session.ts';
import { fullStorms, limitedStorms, type Workload } from '../measure/workloads.ts';
import { ownName, type Source } from '../tools/tool.ts';
import { createGoal, type Goal } from './goal.ts';
import { exitShare, outcomesOf, type Results, seenShare, totalScore, wrongReports } from './results.ts';
import { accountingError } from './storm-table.ts';
import { percent } from './table.ts';

/** The lowest share of children seen, and the highest CPU usage, in storms with churntop as the only tool. */
const stormLimits: Record<Source, { limited: number; maxCpu: number | undefined; full: number }> = {
  kernel: { limited: 0.999, maxCpu: 0.2, full: 0.99 },
  proc: { limited: 0.9, maxCpu: undefined, full: 0.7 },
};

/** Reported and measured misses may differ by this share, because other programs spawn too. */
const maxError = 0.01;
const maxExactError = 0.001;

const limitedGoals = (results: Results, source: Source, { name, churn }: Workload): Goal[] => {
  const outcomes = outcomesOf(results.stormAlone, ownName(source), name);
  const seen = seenShare(totalScore(outcomes));
  const cpu = Math.max(...outcomes.map(({ shares }) => shares.cpu));
  const { limited, maxCpu } = stormLimits[source];
  // At this rate, every child of vfork is required. Polling cannot see a lifetime of 50 µs.
  const isVfork = churn.kind === 'vfork';
  if (isVfork && source === 'proc') return [];
  const required = isVfork ? 1 : limited;
  return [
    createGoal({
      what: `${source}: ${name}: seen`,
      required: required === 1 ? '100 %' : `≥ ${percent(required)} %`,
      measured: seen === undefined ? undefined : percent(seen),
      met: (seen ?? 0) >= required,
    }),
    ...(maxCpu === undefined || isVfork
      ? []
      : [
          createGoal({
            what: `${source}: ${name}: CPU`,
            required: `≤ ${maxCpu * 100} %`,
            measured: outcomes.length > 0 ? percent(cpu) : undefined,
            met: cpu <= maxCpu,
          }),
        ]),
  ];
};

/** Requires most children of a storm, or an exact count of the missed ones. */
const fullGoal = (results: Results, source: Source, { name }: Workload): Goal => {
  const outcomes = outcomesOf(results.stormAlone, ownName(source), name);
  const seen = seenShare(totalScore(outcomes));
  const error = worstError(outcomes);
  const limit = stormLimits[source].full;
  return createGoal({
    what: `${source}: ${name}: seen, or missed counted`,
    required: `≥ ${percent(limit)} %, or ± ${percent(maxExactError)} %`,
    measured: seen === undefined ? undefined : `${percent(seen)}, ± ${percent(error)}`,
    met: (seen ?? 0) >= limit || error <= maxExactError,
  });
};

const worstError = (outcomes: readonly Outcome[]): number =>
  Math.max(0, ...outcomes.map(({ accounting }) => accountingError(accounting)));

export const stormGoals = (results: Results, source: Source): Goal[] => {
  const outcomes = outcomesOf([...results.storm, ...results.stormAlone], ownName(source));
  const error = worstError(outcomes);
  const unbalanced = outcomes.reduce((sum, { accounting }) => sum + (accounting?.unbalanced ?? 1), 0);
  const disorder = outcomes.reduce((sum, outcome) => sum + outcome.disorder, 0);
  const ifMeasured = (text: string) => (outcomes.length > 0 ? text : undefined);
  return [
    ...limitedStorms.flatMap((workload) => limitedGoals(results, source, workload)),
    ...fullStorms.map((workload) => fullGoal(results, source, workload)),
    createGoal({
      what: `${source}: storms: reported missed against missed, worst`,
      required: '± 1 % of created',
      measured: ifMeasured(percent(error)),
      met: error <= maxError,
    }),
    createGoal({
      what: `${source}: storms: unbalanced counters, records out of order`,
      required: '0',
      measured: ifMeasured(`${unbalanced}, ${disorder}`),
      met: unbalanced + disorder === 0,
    }),
  ];
};

export const pidWrapGoals = ({ pidWrap }: Results): Goal[] => {
  const score = typeof pidWrap === 'object' ? pidWrap.score : undefined;
  return [
    createGoal({
      what: 'proc: PID wrap: exits of those seen',
      required: '100 %',
      measured: score && percent(exitShare(score)),
      met: score !== undefined && exitShare(score) === 1,
    }),
    createGoal({
      what: 'proc: PID wrap: reported twice, invented, merged',
      required: '0',
      measured: score && `${score.duplicates}, ${score.invented}, ${score.earlyExits}`,
      met: score !== undefined && wrongReports(score) === 0,
    }),
  ];
};

const maxMemoryBytes = 140e6;

export const memoryGoals = ({ memory }: Results): Goal[] =>
  memory.flatMap(({ source, minutes, maxKiB, secondQuarterKiB, lastQuarterKiB }) => [
    createGoal({
      what: `${source}: memory in a storm of ${minutes} min`,
      required: `≤ ${maxMemoryBytes / 1e6} MB`,
      measured: `${((maxKiB * 1024) / 1e6).toFixed(0)} MB`,
      met: maxKiB * 1024 <= maxMemoryBytes,
    }),
    createGoal({
      what: `${source}: memory growth in a storm of ${minutes} min`,
      required: '< 1 MiB',
      measured: `${((lastQuarterKiB - secondQuarterKiB) / 1024).toFixed(1)} MiB`,
      met: lastQuarterKiB - secondQuarterKiB < 1024,
    }),
  ]);
