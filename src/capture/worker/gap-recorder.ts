import type { GapRecord } from '../../domain/events/event.ts';
import { toNs } from '../core/sampler.ts';

/** One record of each kind a second at most: a storm must not fill the trace with its own losses. */
const everyMs = 1000;
/** Held up is more than a few ticks of the kernel (4 ms) and of ours. */
const leastStallMs = 50;
const ticksLate = 4;

/** What was missed since it was last said, as records. */
export const createGaps = (now: () => bigint) => {
  let saidMs = Number.NEGATIVE_INFINITY;
  let said = 0;
  let countedMs = 0;
  let stalledSaidMs = Number.NEGATIVE_INFINITY;
  let stall: { fromNs: bigint; toNs: bigint } | undefined;
  let stalls = 0;

  return {
    /** How often the sampler was held up. */
    stalls() {
      return stalls;
    },

    /** So much time went by between two looks that were to be `intervalMs` apart. */
    looked(nowMs: number, elapsedMs: number, intervalMs: number): void {
      if (elapsedMs < Math.max(leastStallMs, intervalMs * (ticksLate + 1))) return;
      stalls++;
      const nowNs = now();
      stall = { fromNs: stall?.fromNs ?? nowNs - toNs(elapsedMs), toNs: nowNs };
      if (stalledSaidMs === Number.NEGATIVE_INFINITY) stalledSaidMs = nowMs - everyMs;
    },

    /** Records that are due. `unseen`: all tasks ever missed; undefined where nobody can tell. */
    due(nowMs: number, unseen: number | undefined, last = false): GapRecord[] {
      const records: GapRecord[] = [];
      if (stall && (last || nowMs - stalledSaidMs >= everyMs)) {
        const { fromNs: from_monotonic_ns, toNs: to_monotonic_ns } = stall;
        records.push({ probe_source: 'trace.gap', reason: 'stalled', from_monotonic_ns, to_monotonic_ns });
        stall = undefined;
        stalledSaidMs = nowMs;
      }
      if (unseen === undefined) return records;
      // What a walk found after all is owed back before more is said.
      if (unseen > said && (last || nowMs - saidMs >= everyMs)) {
        const nowNs = now();
        records.push({
          probe_source: 'trace.gap',
          reason: 'unseen',
          tasks: unseen - said,
          from_monotonic_ns: nowNs - toNs(nowMs - countedMs),
          to_monotonic_ns: nowNs,
        });
        said = unseen;
        saidMs = nowMs;
      }
      if (unseen <= said) countedMs = nowMs;
      return records;
    },
    /** Nothing was missed before this moment. */
    begin(nowMs: number): void {
      countedMs = nowMs;
    },
  };
};
