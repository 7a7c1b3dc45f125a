import type { Libc } from './libc.ts';

/** Size and fields of `struct sched_attr` (linux/sched/types.h), offsets in bytes. */
const attributes = { size: 56, length: 0, policy: 4, runtime: 24 };
/** SCHED_OTHER */
const normalPolicy = 0;
/** The shortest that Linux accepts. The default is some milliseconds. */
const sliceNs = 100_000n;

/** The functions that this module needs. */
export type SchedulerLibc = Pick<Libc, 'schedGetattr' | 'schedSetattr'>;

/**
 * Requests a short time slice for this thread, so that the scheduler of a busy machine runs it soon after it wakes up. Its
 * share of the CPU stays the same, and no privilege is needed. Linux before 6.12 ignores it. Returns whether it was set.
 */
export const requestShortSlice = (libc: SchedulerLibc): boolean => {
  const bytes = new Uint8Array(new ArrayBuffer(attributes.size));
  const view = new DataView(bytes.buffer);
  if (libc.schedGetattr(bytes) < 0) return false;
  // The thread may have been given a real-time policy, which must not change.
  if (view.getUint32(attributes.policy, true) !== normalPolicy) return false;
  view.setUint32(attributes.length, attributes.size, true);
  view.setBigUint64(attributes.runtime, sliceNs, true);
  return libc.schedSetattr(bytes) === 0;
};
