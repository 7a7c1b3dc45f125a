import type { ProbeEvent } from '../../domain/events/event.ts';
import { isTransient } from '../../proc/errors.ts';
import type { ProcReader } from '../../proc/reader.ts';
import { ProcWalker } from '../../proc/walker.ts';
import type { SampleResult, Sampler, SamplerClock } from '../core/sampler.ts';
import { procErrorText } from '../core/transient-errors.ts';

export type WalkSamplerOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  why: string;
  bootOffsetNs: bigint;
  ownPid: number | undefined;
  /** The proc root lists only this user's processes. */
  othersInvisible: boolean;
};

/** Where the cursor cannot be trusted: plain walks, and no word about what came and went between two of them. */
export const createWalkSampler = (options: WalkSamplerOptions): Sampler => {
  const { proc, clock, why, bootOffsetNs, ownPid, othersInvisible: ownProcessesOnly } = options;
  const walker = new ProcWalker({ proc, now: clock.now, bootOffsetNs });
  const ownPids = new Set<number>();
  let events: ProbeEvent[] = [];
  let lastError: string | undefined;
  let processesSeen = 0;
  let costMs = 0;

  /** Churntop's own children are not churn of the guest. */
  const isOwnChild = (event: ProbeEvent): boolean => {
    if (event.probe_source === 'process.spawned') {
      ownPids.delete(event.guest_pid);
      if (ownPid !== undefined && event.guest_ppid === ownPid && !event.initial) ownPids.add(event.guest_pid);
      return ownPids.has(event.guest_pid);
    }
    return event.probe_source === 'process.exited'
      ? ownPids.delete(event.guest_pid)
      : ownPids.has(event.guest_pid);
  };

  return {
    mode: 'walk',
    why,
    get walkCostMs() {
      return costMs;
    },
    sample(startMs): SampleResult {
      try {
        const found = walker.poll().filter((event) => !isOwnChild(event));
        for (const event of found)
          if (event.probe_source === 'process.spawned' && !event.initial) processesSeen++;
        events = events.length === 0 ? found : events.concat(found);
        lastError = undefined;
        return found.length > 0 ? 'moved' : 'quiet';
      } catch (error) {
        if (!isTransient(error)) throw error;
        lastError = procErrorText(error);
        return 'quiet';
      } finally {
        costMs = clock.ms() - startMs;
      }
    },
    take() {
      const taken = events;
      events = [];
      return taken;
    },
    counters: () => ({
      allocatedPids: undefined,
      processesSeen: processesSeen,
      threadsSeen: undefined,
      missedTasks: undefined,
      pendingPids: undefined,
      alive: walker.alive,
      hiddenProcesses: walker.hidden,
      ownProcessesOnly,
      lastError,
    }),
    close: () => {},
  };
};
