import type { Span, StatusLine } from './observation.ts';

/** What churntop's own count of a span says, beside the truth of it. */
export type Accounting = {
  allocated: number;
  unseen: number;
  /** Children forked, and those of them no observation tells of. */
  forked: number;
  missed: number;
  /** Statuses in which allocated was not processes + threads + unseen + pending. */
  unbalanced: number;
};

const balances = ({ allocated, processesSeen, threadsSeen, unseen, pending }: StatusLine): boolean =>
  allocated === undefined ||
  allocated === processesSeen + (threadsSeen ?? 0) + (unseen ?? 0) + (pending ?? 0);

/** What the counts grew by, from the last status before the span to the first after it. */
export const allocatedOver = (statuses: readonly StatusLine[], span: Span) => {
  const before = statuses.findLast(({ ns }) => ns <= span.fromNs);
  const after = statuses.find(({ ns }) => ns >= span.toNs) ?? statuses.at(-1);
  // Undefined where the cursor is not trusted.
  if (before?.allocated === undefined || after?.allocated === undefined) return undefined;
  return {
    allocated: after.allocated - before.allocated,
    unseen: (after.unseen ?? 0) - (before.unseen ?? 0),
  };
};

export const accountFor = (
  statuses: readonly StatusLine[],
  span: Span,
  truth: { forked: number; missed: number },
): Accounting | undefined => {
  const told = allocatedOver(statuses, span);
  return told && { ...told, ...truth, unbalanced: statuses.filter((status) => !balances(status)).length };
};

/** The mean of a figure over a span, weighted by nothing: statuses come at even times. */
const meanOver =
  (figure: (status: StatusLine) => bigint) =>
  (statuses: readonly StatusLine[], span: Span): number | undefined => {
    const within = statuses.filter(({ ns }) => ns > span.fromNs && ns <= span.toNs);
    if (within.length === 0) return undefined;
    return within.reduce((sum, status) => sum + Number(figure(status)), 0) / within.length;
  };

/** The time between two looks as it was meant, and as it came out. */
export const meanIntervalNs = meanOver(({ intervalNs }) => intervalNs);
export const meanPeriodNs = meanOver(({ periodNs }) => periodNs);
