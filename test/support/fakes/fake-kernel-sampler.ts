import type { Sampler, SamplerCounters } from '../../../src/capture/core/sampler.ts';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import type { ObservedProcess } from '../../../src/proc/lifecycle-events.ts';

/** A sampler that waits for events, as tests script them. */
export class FakeKernelSampler implements Sampler {
  readonly mode = 'kernel';
  readonly modeReason = 'kernel events work here';
  readonly walkCostMs = undefined;
  /** The records that the next sample takes. */
  queued: ChurnRecord[] = [];
  live: ObservedProcess[] = [];
  /** Thrown by the next sample, or by the next wait. */
  sampleError: Error | undefined;
  waitError: Error | undefined;
  readonly waitsMs: number[] = [];
  onWait: (ms: number) => void = () => {};
  closed = false;
  bootOffsetNs = 0n;
  counts: SamplerCounters = {
    allocatedPids: 0,
    processesSeen: 0,
    threadsSeen: 0,
    missedTasks: 0,
    pendingPids: 0,
    alive: 0,
    hiddenProcesses: 0,
    ownProcessesOnly: false,
    lastError: undefined,
    lostEvents: 0,
  };

  sample() {
    if (this.sampleError) throw this.sampleError;
    return this.queued.length > 0 ? 'changed' : 'idle';
  }

  wait = (ms: number): void => {
    this.waitsMs.push(ms);
    this.onWait(ms);
    if (this.waitError) throw this.waitError;
  };

  take() {
    return this.queued.splice(0);
  }

  counters(): SamplerCounters {
    return this.counts;
  }

  liveProcesses() {
    return this.live;
  }

  setBootOffset(bootOffsetNs: bigint): void {
    this.bootOffsetNs = bootOffsetNs;
  }

  close(): void {
    this.closed = true;
  }
}
