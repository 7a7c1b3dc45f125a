import { formatDuration } from '../../../util/format.ts';
import { roundNs } from '../../../util/time.ts';
import { type ExitStatus, formatExitStatus } from '../../events/exit-status.ts';
import type { LoopKind, RestartLoopSummary } from './loop-summary.ts';

/** Formats a period: `every 2.0s`, or `every 0.7s (was 2.0s)` if it has changed. */
export const formatPeriod = (periodNs: bigint, firstPeriodNs?: bigint): string => {
  const was = firstPeriodNs === undefined ? '' : ` (was ${formatSubsecond(firstPeriodNs)})`;
  return `every ${formatSubsecond(periodNs)}${was}`;
};

/** Formats a duration; tenths of a second from 0.1 s on, so that two periods are easy to compare. */
const formatSubsecond = (ns: bigint): string => {
  const tenths = (ns + 50_000_000n) / 100_000_000n;
  return tenths >= 1n && tenths <= 10n ? `${tenths / 10n}.${tenths % 10n}s` : formatDuration(ns);
};

export const loopPeriodText = ({ periodNs, firstPeriodNs }: RestartLoopSummary): string =>
  formatPeriod(roundNs(periodNs), firstPeriodNs === undefined ? undefined : roundNs(firstPeriodNs));

/** Returns the exit status of a loop: the last failure, or 0 if the program is known to succeed; empty if it is unknown. */
export const loopStatusOf = ({ failure, succeeds }: RestartLoopSummary): ExitStatus =>
  failure ?? (succeeds ? { exit_code: 0 } : {});

/** Formats the exit status of a loop; undefined if it is a crash loop whose status was not observed. */
export const loopStatusText = (loop: RestartLoopSummary): string | undefined =>
  formatExitStatus(loopStatusOf(loop)) ?? (loop.isCrashLoop ? undefined : 'no failure seen');

/** What distinguishes the kinds of loops, if the period does not show it. */
export const loopKindTexts: Readonly<Record<LoopKind, string | undefined>> = {
  steady: undefined,
  prompt: 'immediately',
  'backing off': 'backing off',
  // The periods show it.
  'speeding up': undefined,
};
