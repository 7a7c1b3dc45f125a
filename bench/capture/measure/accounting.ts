import type { Span, StatusLine } from '../tools/observation.ts';

/** churntop's counters over a span, compared with the ground truth. */
export type Accounting = {
  allocatedPids: number;
  missedTasks: number;
  /** Allocated PIDs that were not resolved at the end, so that they may become missed tasks. */
  pendingPids: number;
  threadsSeen: number;
  /** Events lost in the kernel's queue; undefined where events are not the source. */
  lostEvents: number | undefined;
  /** Children forked. */
  forked: number;
  /** Threads created by the generator. */
  threads: number;
  /** Children without a spawn, and threads without a count. */
  missed: number;
  /** Statuses in which allocated is not processes + threads + missed + pending. */
  unbalanced: number;
};

const isBalanced = (status: StatusLine): boolean => {
  const { allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids } = status;
  const accounted = processesSeen + (threadsSeen ?? 0) + (missedTasks ?? 0) + (pendingPids ?? 0);
  return allocatedPids === undefined || allocatedPids === accounted;
};

/** Returns the growth of the counters from the last status before the span to the first after it; undefined in walk mode. */
export const countersOver = (statuses: readonly StatusLine[], span: Span) => {
  const before = statuses.findLast(({ ns }) => ns <= span.fromNs);
  const after = statuses.find(({ ns }) => ns >= span.toNs) ?? statuses.at(-1);
  if (before?.allocatedPids === undefined || after?.allocatedPids === undefined) return undefined;
  return {
    allocatedPids: after.allocatedPids - before.allocatedPids,
    missedTasks: (after.missedTasks ?? 0) - (before.missedTasks ?? 0),
    pendingPids: after.pendingPids ?? 0,
    threadsSeen: (after.threadsSeen ?? 0) - (before.threadsSeen ?? 0),
    lostEvents: after.lostEvents === undefined ? undefined : after.lostEvents - (before.lostEvents ?? 0),
  };
};

export const accountingOf = (
  statuses: readonly StatusLine[],
  span: Span,
  truth: { forked: number; threads: number; missedChildren: number },
): Accounting | undefined => {
  const counters = countersOver(statuses, span);
  if (!counters) return undefined;
  const { forked, threads, missedChildren } = truth;
  const missed = missedChildren + Math.max(0, threads - counters.threadsSeen);
  const unbalanced = statuses.filter((status) => !isBalanced(status)).length;
  return { ...counters, forked, threads, missed, unbalanced };
};

/** Returns the mean of a figure over a span. It is not weighted, because statuses come at regular intervals. */
const meanOver =
  (figure: (status: StatusLine) => bigint) =>
  (statuses: readonly StatusLine[], span: Span): number | undefined => {
    const within = statuses.filter(({ ns }) => ns > span.fromNs && ns <= span.toNs);
    if (within.length === 0) return undefined;
    return within.reduce((sum, status) => sum + Number(figure(status)), 0) / within.length;
  };

/** Returns the mean sampling interval as set, ns. */
export const setIntervalNs = meanOver(({ intervalNs }) => intervalNs);
/** Returns the mean sampling interval as measured, ns. */
export const measuredIntervalNs = meanOver(({ meanIntervalNs }) => meanIntervalNs);
