import type { SampleTime } from '../../proc/lifecycle-events.ts';
import type { SamplerClock } from '../core/sampler.ts';
import type { EventQueue } from './event-queue.ts';

/** After a loss, the subscription is renewed at most this often. */
const subscribeIntervalMs = 1000;

/** The number of lost events is read at most this often, because that is a system call. */
const checkIntervalMs = 5;

/** Knows whether events were lost, so that a walk has to find out what they were. */
export class LostEvents {
  readonly #queue: EventQueue;
  readonly #clock: SamplerClock;
  #count = 0;
  /** Whether no event was lost since the last walk; when that was last so; and when the last walk was. */
  #isComplete = true;
  #completeNs = 0n;
  #walkedNs = 0n;
  #subscribeDueMs = 0;
  #checkDueMs = 0;

  constructor(queue: EventQueue, clock: SamplerClock) {
    this.#queue = queue;
    this.#clock = clock;
  }

  /** When the next check is due, ms. */
  get checkDueMs(): number {
    return this.#checkDueMs;
  }

  /** Number of events lost since the start. */
  get count(): number {
    return this.#count;
  }

  /** Whether a walk has to read all processes. */
  get needsWalk(): boolean {
    return !this.#isComplete;
  }

  /** Checks for a loss since the last call. Returns whether there was one. @throws ConnectorError if no events follow */
  check(nowMs: number): boolean {
    const count = this.#queue.lostEvents();
    const isLoss = count > this.#count;
    this.#checkDueMs = nowMs + checkIntervalMs;
    this.#count = count;
    if (isLoss) this.suspect(nowMs);
    else if (this.#isComplete) this.#completeNs = this.#clock.nowNs();
    return isLoss;
  }

  /** Assumes that events were lost. Subscribes again, because some kernels send no more events after an overrun. */
  suspect(nowMs: number): void {
    this.#isComplete = false;
    if (nowMs < this.#subscribeDueMs) return;
    this.#subscribeDueMs = nowMs + subscribeIntervalMs;
    this.#queue.subscribeAgain();
  }

  /** Records that a walk which began at `startNs` has found everything. */
  walked(startNs: bigint): void {
    this.#isComplete = true;
    this.#completeNs = startNs;
    this.#walkedNs = startNs;
  }

  /** Returns the time of a change that was noticed at `nowNs` and whose event was lost. */
  timeOf(nowNs: bigint): SampleTime {
    return { nowNs, windowNs: nowNs - (this.#isComplete ? this.#walkedNs : this.#completeNs) };
  }
}
