import { type ExitStatus, isFailure, isStatusKnown } from '../events/exit-status.ts';
import type { ProcessId } from '../events/process-id.ts';
import { RateCounter } from '../processes/rate-counter.ts';
import { TopNames } from './top-names.ts';

/** A kind of failure, and the number of exits with it. */
export type FailureCount = { status: ExitStatus; count: number };

/** A failed exit: when, which process, its status, and its parent if that is known. */
export type FailedExit = {
  /** CLOCK_MONOTONIC ns. */
  atNs: bigint;
  process: ProcessId & { comm: string };
  status: ExitStatus;
  parent: { pid: number; comm: string } | undefined;
};

/** Counts known exit statuses, and the most frequent failures in bounded memory. Without failures it is two numbers. */
export class ExitCounts {
  /** Number of exits whose status is known. */
  known = 0;
  /** Number of those whose status is not success: a code other than 0, or a signal. */
  failed = 0;
  /** When the first failure was counted, CLOCK_MONOTONIC ns. */
  firstFailureNs: bigint | undefined;
  /** The newest failure. */
  lastFailure: FailedExit | undefined;
  #failuresPerSecond: RateCounter | undefined;
  #failures: TopNames | undefined;

  /** Counts an exit. `second` is on the clock of the rate counters; `failedExit` is kept if it is a failure. */
  add(status: ExitStatus, second: number, failedExit?: FailedExit): void {
    if (!isStatusKnown(status)) return;
    this.known++;
    if (!isFailure(status)) return;
    this.failed++;
    this.#mergeTimes(failedExit?.atNs, failedExit);
    this.#failuresPerSecond ??= new RateCounter();
    this.#failuresPerSecond.add(second);
    this.#failures ??= new TopNames();
    this.#failures.add(keyOf(status));
  }

  /** Returns the failures per second, as `RateCounter.perSecond`. */
  failureRate(seconds: number, second: number): number {
    return this.#failuresPerSecond?.perSecond(seconds, second) ?? 0;
  }

  /** Returns the number of failures within the minute up to `second`. */
  failuresPerMinute(second: number): number {
    return this.#failuresPerSecond?.inWindow(second) ?? 0;
  }

  /** Returns the most frequent failures, the most frequent first. */
  topFailures(limit: number): FailureCount[] {
    const names = this.#failures?.ranked(limit) ?? [];
    return names.map(({ name, count }) => ({ status: statusOf(name), count }));
  }

  clone(): ExitCounts {
    const copy = new ExitCounts();
    copy.merge(this);
    return copy;
  }

  /** Adds the counts of another group. */
  merge(other: ExitCounts): void {
    this.known += other.known;
    this.failed += other.failed;
    this.#mergeTimes(other.firstFailureNs, other.lastFailure);
    if (other.#failuresPerSecond) {
      this.#failuresPerSecond ??= new RateCounter();
      this.#failuresPerSecond.merge(other.#failuresPerSecond);
    }
    if (other.#failures) {
      this.#failures ??= new TopNames();
      this.#failures.merge(other.#failures);
    }
  }

  #mergeTimes(firstNs: bigint | undefined, last: FailedExit | undefined): void {
    if (firstNs !== undefined && (this.firstFailureNs === undefined || firstNs < this.firstFailureNs))
      this.firstFailureNs = firstNs;
    if (last && (!this.lastFailure || last.atNs >= this.lastFailure.atNs)) this.lastFailure = last;
  }
}

const keyOf = ({ exit_code, exit_signal }: ExitStatus): string =>
  exit_signal === undefined ? `code ${exit_code}` : `signal ${exit_signal}`;

const statusOf = (key: string): ExitStatus => {
  const [kind, number] = key.split(' ');
  return kind === 'signal' ? { exit_signal: Number(number) } : { exit_code: Number(number) };
};
