import { type ExitStatus, isFailure, isStatusKnown } from '../../events/exit-status.ts';
import { meanOf, spreadOf } from './delay-pattern.ts';

/** One process of a streak, in ns. `delayNs` is the time since the previous exit; 0 in the first run. */
export type Run = { spawnNs: number; exitNs: number; delayNs: number };

/** Period of jobs that follow the wall clock, in ns, and how late they may be spawned. */
const clockPeriodNs = 60e9;
const clockLatenessNs = 0.5e9;

/** A timer's periods vary less than its delays, by this factor. */
const timerRatio = 3;
/** Delays that vary less than this are constant: in ns, and as a share of their mean. */
const minDeviationNs = 1e6;
const minDeviationShare = 0.005;

/**
 * Of a program that does not fail and is restarted without a delay: maximum ratio of the longest and the shortest period.
 * Jobs that run one after the other have random lifetimes, and more of them agree within the limits of delays by chance.
 */
const maxPromptSpread = 1.15;

/** Of checks: minimum period in ns, and maximum share of the period for which they run. */
const minCheckPeriodNs = 1e9;
const maxCheckShare = 0.15;

/** A program that exits with 0 after this long has done its work, in ns. */
const minWorkNs = 1e9;

/** Programs that test a condition and report the result as their exit code. */
const checkPrograms: ReadonlySet<string> = new Set(
  'nc ncat netcat nc.openbsd nc.traditional curl wget ping ping6 test [ grep egrep pgrep pidof ssh ssh-keyscan telnet \
dig host nslookup getent pg_isready mysqladmin redis-cli mongosh systemctl docker kubectl mountpoint stat ls ss lsof timeout'.split(
    /\s+/,
  ),
);
/** Maximum share of the period for which such a program runs in a loop that waits. */
const maxWaitShare = 0.5;
/** Maximum lifetime of any other program in a loop that waits, in ns. Few services fail within such a time. */
const maxConditionNs = 20e6;
/** Exit codes from this one on report a wrong call, a missing program or a signal, and not a condition. */
const minErrorCode = 64;

/** Programs that start others in loops: shells, builds and the like. */
const loopingPrograms: ReadonlySet<string> = new Set(
  'sh bash dash ash zsh ksh ksh93 mksh fish csh tcsh busybox watch xargs find parallel make gmake ninja'.split(
    ' ',
  ),
);

/** Returns whether a parent starts programs in loops without being a supervisor, as a shell does. */
export const startsLoops = (parentComm: string | undefined): boolean =>
  parentComm !== undefined && loopingPrograms.has(parentComm);

/** Returns the times between the spawns of runs. */
export const periodsOf = (runs: readonly Run[]): number[] => {
  const periods: number[] = [];
  for (let index = 1; index < runs.length; index++)
    periods.push((runs[index] as Run).spawnNs - (runs[index - 1] as Run).spawnNs);
  return periods;
};

/** Returns the times from each exit to the next spawn. */
export const delaysOf = (runs: readonly Run[]): number[] => {
  const delays: number[] = [];
  for (let index = 1; index < runs.length; index++) delays.push((runs[index] as Run).delayNs);
  return delays;
};

export const meanLifetimeOf = (runs: readonly Run[]): number =>
  meanOf(runs.map(({ spawnNs, exitNs }) => exitNs - spawnNs));

/** Returns the standard deviation. */
export const deviationOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  let squares = 0;
  for (let index = 0; index < values.length; index++) squares += ((values[index] as number) - mean) ** 2;
  return Math.sqrt(squares / values.length);
};

/** Returns whether the periods of runs without a delay vary like those of jobs that run one after the other. */
export const varyLikeJobs = (periods: readonly number[], uncertaintyNs: number): boolean =>
  spreadOf(periods) > maxPromptSpread * (1 + uncertaintyNs / meanOf(periods));

/** Returns whether the runs follow a timer: the time between spawns is constant, whatever the lifetimes. */
export const followTimer = (runs: readonly Run[], uncertaintyNs: number): boolean => {
  const delays = delaysOf(runs);
  const delayDeviation = deviationOf(delays);
  const constant = Math.max(minDeviationNs, minDeviationShare * meanOf(delays), uncertaintyNs / 2);
  return delayDeviation > constant && delayDeviation > timerRatio * deviationOf(periodsOf(runs));
};

/** Returns whether each run starts at the same second of a minute, as a cron job does. */
export const followWallClock = (runs: readonly Run[], uncertaintyNs: number): boolean => {
  const isWhole = (ns: number): boolean => {
    const periods = Math.round(ns / clockPeriodNs);
    return periods > 0 && Math.abs(ns - periods * clockPeriodNs) <= clockLatenessNs + uncertaintyNs;
  };
  const total = (runs.at(-1) as Run).spawnNs - (runs[0] as Run).spawnNs;
  return isWhole(total) && periodsOf(runs).every(isWhole);
};

/**
 * Returns whether runs look like checks: they last for a small share of the period, or the parent is a script that runs
 * `sleep` between them.
 */
export const areChecks = (runs: readonly Run[], parentSleeps: boolean): boolean => {
  const period = meanOf(periodsOf(runs));
  return parentSleeps || (period >= minCheckPeriodNs && meanLifetimeOf(runs) <= maxCheckShare * period);
};

/**
 * Returns whether failing runs are the condition of a loop that waits, as in `until nc -z db 5432; do sleep 1; done`. The
 * parent runs `sleep` between them. The program is known as a check, or lives for a moment and returns a small exit code.
 */
export const areConditions = (
  runs: readonly Run[],
  { comm, failure, parentSleeps }: { comm: string; failure: ExitStatus | undefined; parentSleeps: boolean },
): boolean => {
  const code = failure?.exit_code;
  if (!parentSleeps || !code || failure.exit_signal !== undefined) return false;
  const lifetime = meanLifetimeOf(runs);
  const period = meanOf(periodsOf(runs));
  if (checkPrograms.has(comm)) return lifetime <= maxWaitShare * period;
  return code < minErrorCode && lifetime <= Math.min(maxConditionNs, maxCheckShare * period);
};

/** Returns whether runs of a program that succeeds are jobs: they last long enough to have done something. */
export const areJobs = (runs: readonly Run[]): boolean => meanLifetimeOf(runs) >= minWorkNs;

/** Number of observed exits at which the counts are halved, so that recent ones count more. */
const maxObservedExits = 32;
/** Minimum share of failures among the observed exits of a program that counts as failing. */
const minFailureShare = 0.5;

/** Minimum number of known successes of a program that counts as succeeding. */
const minSuccesses = 3;

/** Counts the exits whose status was observed. Without kernel events few are, because most parents reap at once. */
export class ExitStatuses {
  #observed = 0;
  #failed = 0;
  #succeeded = 0;
  /** Number of exits since the last one that is not known to have succeeded. */
  #successesInARow = 0;
  /** The last failure. */
  last: ExitStatus | undefined;

  /** Whether the program fails most of the time. */
  get failing(): boolean {
    return this.#failed > 0 && this.#failed >= minFailureShare * this.#observed;
  }

  /** Whether the program is known to succeed, and does not fail most of the time. */
  get succeeding(): boolean {
    return this.#succeeded >= minSuccesses && !this.failing;
  }

  /** Returns whether each of the last exits is known to have succeeded. */
  haveSucceeded(lastExits: number): boolean {
    return this.#successesInARow >= lastExits;
  }

  /**
   * Adds an exit. A zombie without a status counts as observed: old traces omit the status 0, and where a failure of the
   * program could be read, so could this status.
   */
  add(status: ExitStatus, wasZombie: boolean): void {
    this.#successesInARow = status.exit_code === 0 && !isFailure(status) ? this.#successesInARow + 1 : 0;
    if (!wasZombie && !isStatusKnown(status)) return;
    this.#observed++;
    if (isFailure(status)) {
      this.#failed++;
      const { core_dumped: _, ...failure } = status;
      this.last = failure;
    } else if (status.exit_code === 0) this.#succeeded++;
    if (this.#observed < maxObservedExits) return;
    this.#observed /= 2;
    this.#failed /= 2;
    this.#succeeded /= 2;
  }
}
