import type { ProbeEvent } from '../../domain/events/event.ts';
import { isPassing } from '../../proc/errors.ts';
import type { Proc } from '../../proc/reader.ts';
import { ProcWalker } from '../../proc/walker.ts';
import type { Clock, Look, Sampler } from '../core/sampler.ts';
import { troubleText } from '../core/transient-errors.ts';

export type WalkSamplerOptions = {
  proc: Proc;
  clock: Clock;
  why: string;
  bootOffsetNs: bigint;
  ownPid: number | undefined;
  /** The proc root lists only this user's processes. */
  othersInvisible: boolean;
};

/** Where the cursor cannot be trusted: plain walks, and no word about what came and went between two of them. */
export const createWalkSampler = (options: WalkSamplerOptions): Sampler => {
  const { proc, clock, why, bootOffsetNs, ownPid, othersInvisible } = options;
  const walker = new ProcWalker({ proc, now: clock.now, bootOffsetNs });
  const own = new Set<number>();
  let events: ProbeEvent[] = [];
  let trouble: string | undefined;
  let seen = 0;
  let costMs = 0;

  /** Churntop's own children are not churn of the guest. */
  const isOwn = (event: ProbeEvent): boolean => {
    if (event.probe_source === 'process.spawned') {
      own.delete(event.guest_pid);
      if (ownPid !== undefined && event.guest_ppid === ownPid && !event.initial) own.add(event.guest_pid);
      return own.has(event.guest_pid);
    }
    return event.probe_source === 'process.exited' ? own.delete(event.guest_pid) : own.has(event.guest_pid);
  };

  return {
    mode: 'walk',
    why,
    get walkCostMs() {
      return costMs;
    },
    look(startMs): Look {
      try {
        const found = walker.poll().filter((event) => !isOwn(event));
        for (const event of found) if (event.probe_source === 'process.spawned' && !event.initial) seen++;
        events = events.length === 0 ? found : events.concat(found);
        trouble = undefined;
        return found.length > 0 ? 'moved' : 'quiet';
      } catch (error) {
        if (!isPassing(error)) throw error;
        trouble = troubleText(error);
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
    report: () => ({
      allocated: undefined,
      processesSeen: seen,
      threadsSeen: undefined,
      unseen: undefined,
      pending: undefined,
      alive: walker.alive,
      hidden: walker.hidden,
      othersInvisible,
      trouble,
    }),
    close: () => {},
  };
};
