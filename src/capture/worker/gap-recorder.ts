import type { GapRecord } from '../../domain/events/event.ts';
import { toNs } from '../core/sampler.ts';

/** One record of each kind a second at most: a storm must not fill the trace with its own losses. */
const minGapIntervalMs = 1000;
/** Held up is more than a few ticks of the kernel (4 ms) and of ours. */
const minStallMs = 50;
const minMissedIntervals = 4;

/** What was missed since it was last said, as records. */
export const createGapRecorder = (now: () => bigint) => {
  let reportedMs = Number.NEGATIVE_INFINITY;
  let reported = 0;
  let countedMs = 0;
  let stallReportedMs = Number.NEGATIVE_INFINITY;
  let stall: { fromNs: bigint; toNs: bigint } | undefined;
  let stalls = 0;

  return {
    /** How often the sampler was held up. */
    stalls() {
      return stalls;
    },

    /** So much time went by between two looks that were to be `intervalMs` apart. */
    recordInterval(nowMs: number, elapsedMs: number, intervalMs: number): void {
      if (elapsedMs < Math.max(minStallMs, intervalMs * (minMissedIntervals + 1))) return;
      stalls++;
      const nowNs = now();
      stall = { fromNs: stall?.fromNs ?? nowNs - toNs(elapsedMs), toNs: nowNs };
      if (stallReportedMs === Number.NEGATIVE_INFINITY) stallReportedMs = nowMs - minGapIntervalMs;
    },

    /** Records that are due. `unseen`: all tasks ever missed; undefined where nobody can tell. */
    take(nowMs: number, unseen: number | undefined, last = false): GapRecord[] {
      const records: GapRecord[] = [];
      if (stall && (last || nowMs - stallReportedMs >= minGapIntervalMs)) {
        const { fromNs: from_monotonic_ns, toNs: to_monotonic_ns } = stall;
        records.push({ probe_source: 'trace.gap', reason: 'stalled', from_monotonic_ns, to_monotonic_ns });
        stall = undefined;
        stallReportedMs = nowMs;
      }
      if (unseen === undefined) return records;
      // What a walk found after all is owed back before more is said.
      if (unseen > reported && (last || nowMs - reportedMs >= minGapIntervalMs)) {
        const nowNs = now();
        records.push({
          probe_source: 'trace.gap',
          reason: 'unseen',
          tasks: unseen - reported,
          from_monotonic_ns: nowNs - toNs(nowMs - countedMs),
          to_monotonic_ns: nowNs,
        });
        reported = unseen;
        reportedMs = nowMs;
      }
      if (unseen <= reported) countedMs = nowMs;
      return records;
    },
    /** Nothing was missed before this moment. */
    start(nowMs: number): void {
      countedMs = nowMs;
    },
  };
};
