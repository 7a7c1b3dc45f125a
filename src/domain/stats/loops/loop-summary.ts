import type { ExitStatus } from '../../events/exit-status.ts';
import { meanOf } from './delay-pattern.ts';
import {
  areChecks,
  areConditions,
  areJobs,
  delaysOf,
  deviationOf,
  meanLifetimeOf,
  periodsOf,
  type Run,
} from './loop-evidence.ts';
import type { RestartLoop, RestartLoops } from './restart-loops.ts';

export type LoopKind = 'steady' | 'prompt' | 'backing off' | 'speeding up';

/** A restart loop, as plain values. */
export type RestartLoopSummary = {
  comm: string;
  /** Key of the group of the parent that restarts the comm. */
  parentKey: string;
  /** The host of the parent's guest. */
  host: string | undefined;
  /** The parent and its ancestors, nearest first. */
  lineage: readonly { pid: number; comm: string }[];
  kind: LoopKind;
  /** Number of processes in the loop. */
  count: number;
  /** CLOCK_MONOTONIC time of the first spawn, and time from it to the last exit, in ns. */
  sinceNs: number;
  durationNs: number;
  /** Mean time from spawn to spawn, in ns. */
  periodNs: number;
  /** The period at the start, in ns, if the loop has become faster or slower since. */
  firstPeriodNs?: number;
  /** The last exit status other than 0, of a program that fails. */
  failure?: ExitStatus;
  /** Present if most exits that are known had status 0. */
  succeeds?: true;
  /**
   * Whether the program fails, is restarted faster or slower over time, or is neither a periodic check nor known to
   * succeed. The condition of a loop that waits may fail.
   */
  isCrashLoop: boolean;
  /** Whether the next spawn is not overdue. */
  ongoing: boolean;
};

/** A loop counts as ongoing for at least this long after its last exit, in ns. */
const minOverdueNs = 10e9;
/** Of a prompt loop: maximum share of time between an exit and the next spawn. */
const maxPromptIdleShare = 0.2;
/** Ratio of periods, and number of standard errors, from which on a loop has become faster or slower. */
const minChange = 1.25;
const minStandardErrors = 3;

/** Returns the restart loops of statistics at `nowNs` (CLOCK_MONOTONIC), longest first. */
export const summarizeLoops = (stats: {
  nowNs: bigint;
  restartLoops: Pick<RestartLoops, 'list'>;
}): RestartLoopSummary[] => {
  const nowNs = Number(stats.nowNs);
  return stats.restartLoops.list().map((loop) => summarizeLoop(loop, nowNs));
};

const summarizeLoop = (loop: RestartLoop, nowNs: number): RestartLoopSummary => {
  const { comm, parent, count, first, last, lastExitNs, failure } = loop;
  const { succeeds, alwaysSucceeds, parentSleeps, isOpen } = loop;
  const kind = loopKindOf(last);
  const { atStart, deviation: firstDeviation } = periodOf(first);
  const { atEnd: periodNs, deviation } = periodOf(last);
  const error = Math.hypot(firstDeviation, deviation) / Math.sqrt(last.runs.length - 1);
  const ratio = Math.max(periodNs / atStart, atStart / periodNs);
  const changed = ratio >= minChange && Math.abs(periodNs - atStart) > minStandardErrors * error;
  // After a reboot the clock starts again.
  const idleNs = nowNs < lastExitNs ? Number.POSITIVE_INFINITY : nowNs - lastExitNs;
  const isHarmless = alwaysSucceeds || areChecks(last.runs, parentSleeps) || (succeeds && areJobs(last.runs));
  // Jobs that succeed may take longer or shorter. Only the delay shows what the supervisor makes of their exits.
  const isSuspect = changed && !(alwaysSucceeds && haveSimilarDelays(first.runs, last.runs));
  const isWaiting = areConditions(last.runs, { comm, failure, parentSleeps });
  const sinceNs = first.runs[0]?.spawnNs ?? 0;
  return {
    comm,
    parentKey: parent.key,
    host: parent.host,
    lineage: (parent.lineage ?? []).map(({ pid, comm: name }) => ({ pid, comm: name })),
    kind,
    count,
    sinceNs,
    durationNs: lastExitNs - sinceNs,
    periodNs,
    ...(changed && { firstPeriodNs: atStart }),
    ...(failure && { failure }),
    ...(succeeds && { succeeds }),
    isCrashLoop: !isWaiting && (failure !== undefined || isSuspect || !isHarmless),
    ongoing: isOpen && idleNs <= Math.max(3 * periodNs, minOverdueNs),
  };
};

/** Returns whether the mean delays of two patterns differ by less than a change of the period. */
const haveSimilarDelays = (a: readonly Run[], b: readonly Run[]): boolean => {
  const [delayA, delayB] = [meanOf(delaysOf(a)), meanOf(delaysOf(b))];
  return Math.max(delayA, delayB) < minChange * Math.min(delayA, delayB);
};

const loopKindOf = ({ trend, isPrompt, runs }: RestartLoop['last']): LoopKind => {
  if (trend === 'growing') return 'backing off';
  if (trend === 'shrinking') return 'speeding up';
  const idleShare = meanOf(delaysOf(runs)) / meanOf(periodsOf(runs));
  return isPrompt || idleShare <= maxPromptIdleShare ? 'prompt' : 'steady';
};

/** Returns the period at the start and at the end of a pattern, and the standard deviation if there is no trend. */
const periodOf = ({ trend, runs }: RestartLoop['last']) => {
  const periods = periodsOf(runs);
  const mean = meanOf(periods);
  if (trend === 'constant') return { atStart: mean, atEnd: mean, deviation: deviationOf(periods) };
  const delays = delaysOf(runs);
  const lifetime = meanLifetimeOf(runs);
  return { atStart: (delays[0] ?? 0) + lifetime, atEnd: (delays.at(-1) ?? 0) + lifetime, deviation: 0 };
};
