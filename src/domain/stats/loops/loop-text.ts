import { formatDuration } from '../../../util/format.ts';
import type { ExitFailure } from './loop-evidence.ts';
import type { RestartLoopSummary } from './loop-summary.ts';

/** Formats a period: `every 2.0s`, or `every 0.7s (was 2.0s)` if it has changed. */
export const formatPeriod = (periodNs: bigint, firstPeriodNs?: bigint): string => {
  const was = firstPeriodNs === undefined ? '' : ` (was ${formatSubsecond(firstPeriodNs)})`;
  return `every ${formatSubsecond(periodNs)}${was}`;
};

/** Formats an exit status other than 0: `exit 78` or `signal 11`; undefined if there is none. */
export const formatFailure = ({ exit_code, exit_signal }: ExitFailure): string | undefined => {
  if (exit_signal !== undefined) return `signal ${exit_signal}`;
  return exit_code === undefined ? undefined : `exit ${exit_code}`;
};

/** Formats a duration; tenths of a second from 0.1 s on, so that two periods are easy to compare. */
const formatSubsecond = (ns: bigint): string => {
  const tenths = (ns + 50_000_000n) / 100_000_000n;
  return tenths >= 1n && tenths <= 10n ? `${tenths / 10n}.${tenths % 10n}s` : formatDuration(ns);
};

const toNs = (ns: number): bigint => BigInt(Math.round(ns));

export const loopPeriodText = ({ periodNs, firstPeriodNs }: RestartLoopSummary): string =>
  formatPeriod(toNs(periodNs), firstPeriodNs === undefined ? undefined : toNs(firstPeriodNs));

/** Formats the exit status of a loop; undefined if it is a crash loop whose status was not observed. */
export const loopFailureText = ({ failure, isCrashLoop }: RestartLoopSummary): string | undefined =>
  failure ? formatFailure(failure) : isCrashLoop ? undefined : 'no failure seen';
