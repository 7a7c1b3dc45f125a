const nsPerUnit: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  // The micro sign and the Greek letter mu: keyboards have one or the other.
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

/** Units accepted in a duration, smallest first. */
export const durationUnits: readonly string[] = Object.keys(nsPerUnit).filter((unit) =>
  /^[a-z]+$/.test(unit),
);

/**
 * Parses a duration such as `250us`, `0.5ms`, `5s` or `2h` to nanoseconds, rounded down.
 * Returns undefined if the text is not a duration.
 */
export const parseDurationNs = (text: string): bigint | undefined => {
  const [, whole, fraction = '', unit] =
    /^(\d+)(?:\.(\d+))?(ns|[u\u00b5\u03bc]s|ms|s|m|h|d)$/.exec(text) ?? [];
  if (whole === undefined || unit === undefined) return undefined;
  const scale = 10n ** BigInt(fraction.length);
  return (BigInt(whole + fraction) * (nsPerUnit[unit] as bigint)) / scale;
};

const secondNs = 1_000_000_000n;

/** One clock tick (USER_HZ), ns: 10 ms on every architecture that Node supports. */
export const clockTickNs = 10_000_000n;

/** Rounds a time in ns that was computed with fractions. */
export const roundNs = (ns: number): bigint => BigInt(Math.round(ns));

/** Formats nanoseconds since the epoch as RFC 3339 in UTC, nine digits: `2026-11-22T21:02:25.123456789Z`. */
export const formatRfc3339 = (realtimeNs: bigint): string => {
  const fraction = ((realtimeNs % secondNs) + secondNs) % secondNs;
  const seconds = Number((realtimeNs - fraction) / secondNs);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(fraction).padStart(9, '0')}Z`;
};

/** Formats the time of day of nanoseconds since the epoch, in UTC: `21:02:25.123`. */
export const formatTimeOfDay = (realtimeNs: bigint): string => formatRfc3339(realtimeNs).slice(11, 23);

/** Formats nanoseconds since the epoch for file names: `20261122T210225Z`. */
export const formatCompactUtc = (realtimeNs: bigint): string =>
  `${formatRfc3339(realtimeNs).slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

const rfc3339Pattern = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|z|[+-]\d\d:\d\d)$/;

/** Parses an RFC 3339 time to nanoseconds since the epoch; undefined if the text is not one. */
export const parseRfc3339 = (text: string): bigint | undefined => {
  const [, seconds, fraction = '', zone = ''] = rfc3339Pattern.exec(text) ?? [];
  const milliseconds = seconds === undefined ? Number.NaN : Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
};
