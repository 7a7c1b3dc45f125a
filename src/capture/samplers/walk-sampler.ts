import type { ProbeEvent } from '../../domain/events/event.ts';
import { isTransient } from '../../proc/errors.ts';
import { ProcWalker } from '../../proc/walker.ts';
import { procErrorText } from '../core/error-tracker.ts';
import type {
  SampleResult,
  Sampler,
  SamplerClock,
  SamplerContext,
  SamplerCounters,
} from '../core/sampler.ts';

/** Walks /proc with each sample, where the PID counter cannot be used. It does not count missed tasks. */
export class WalkSampler implements Sampler {
  readonly mode = 'walk';
  readonly modeReason: string;
  readonly #clock: SamplerClock;
  readonly #walker: ProcWalker;
  readonly #ownPid: number | undefined;
  readonly #ownProcessesOnly: boolean;
  readonly #ownChildren = new Set<number>();
  #events: ProbeEvent[] = [];
  #lastError: string | undefined;
  #processesSeen = 0;
  #walkCostMs = 0;

  constructor({ proc, clock, modeReason, bootOffsetNs, ownPid, ownProcessesOnly }: SamplerContext) {
    this.modeReason = modeReason;
    this.#clock = clock;
    this.#walker = new ProcWalker({ proc, now: () => clock.nowNs(), bootOffsetNs });
    this.#ownPid = ownPid;
    this.#ownProcessesOnly = ownProcessesOnly;
  }

  get walkCostMs(): number {
    return this.#walkCostMs;
  }

  sample(startMs: number): SampleResult {
    try {
      const events = this.#walker.poll().filter((event) => !this.#isOwnChild(event));
      for (const event of events) {
        if (event.probe_source === 'process.spawned' && !event.initial) this.#processesSeen++;
      }
      this.#events = this.#events.length === 0 ? events : this.#events.concat(events);
      this.#lastError = undefined;
      return events.length > 0 ? 'changed' : 'idle';
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.#lastError = procErrorText(error);
      return 'idle';
    } finally {
      this.#walkCostMs = this.#clock.nowMs() - startMs;
    }
  }

  take() {
    const taken = this.#events;
    this.#events = [];
    return taken;
  }

  counters(): SamplerCounters {
    return {
      allocatedPids: undefined,
      processesSeen: this.#processesSeen,
      threadsSeen: undefined,
      missedTasks: undefined,
      pendingPids: undefined,
      alive: this.#walker.alive,
      hiddenProcesses: this.#walker.hidden,
      ownProcessesOnly: this.#ownProcessesOnly,
      lastError: this.#lastError,
    };
  }

  setBootOffset(bootOffsetNs: bigint): void {
    this.#walker.bootOffsetNs = bootOffsetNs;
  }

  close(): void {}

  /** Returns whether an event is of a child of churntop, and tracks these children. */
  #isOwnChild(event: ProbeEvent): boolean {
    const { guest_pid: pid } = event;
    if (event.probe_source === 'process.exited') return this.#ownChildren.delete(pid);
    if (event.probe_source === 'process.spawned') {
      this.#ownChildren.delete(pid);
      const own = this.#ownPid !== undefined && event.guest_ppid === this.#ownPid && !event.initial;
      if (own) this.#ownChildren.add(pid);
    }
    return this.#ownChildren.has(pid);
  }
}
