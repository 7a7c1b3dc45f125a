/** Pairs of units for long durations: ns and suffix of the larger unit, then of the smaller one. */
const unitPairs: readonly (readonly [bigint, string, bigint, string])[] = [
  [86_400_000_000_000n, 'd', 3_600_000_000_000n, 'h'],
  [3_600_000_000_000n, 'h', 60_000_000_000n, 'm'],
  [60_000_000_000n, 'm', 1_000_000_000n, 's'],
];

/**
 * Formats nanoseconds in at most six cells: `0.3ms`, `42ms`, `1.2s`, `59s`, `3m05s`, `2h07m`, `12d03h`, `1234d`.
 * Returns `?` for undefined.
 */
export const formatDuration = (ns: bigint | undefined): string => {
  if (ns === undefined) return '?';
  const us = Number(ns) / 1000;
  if (us < 9_950) return `${(us / 1000).toFixed(1)}ms`;
  if (us < 999_500) return `${Math.round(us / 1000)}ms`;
  if (us < 9_950_000) return `${(us / 1e6).toFixed(1)}s`;
  // At least 10s, because values from 9.95 s on would round up to it above.
  if (us < 60_000_000) return `${Math.max(10, Math.floor(us / 1e6))}s`;
  if (ns >= 100n * 86_400_000_000_000n) return `${ns / 86_400_000_000_000n}d`;
  for (const [majorNs, major, minorNs, minor] of unitPairs) {
    if (ns >= majorNs)
      return `${ns / majorNs}${major}${String((ns % majorNs) / minorNs).padStart(2, '0')}${minor}`;
  }
  return '?';
};

/** Formats how long a process ran, and how long it then was a zombie: `lived 50ms, then a zombie for 4.0s`. */
export const livedText = (lifetimeNs: bigint | undefined, zombieNs: bigint | undefined): string =>
  [
    `lived ${formatDuration(lifetimeNs)}`,
    ...(zombieNs === undefined ? [] : [`then a zombie for ${formatDuration(zombieNs)}`]),
  ].join(', ');

/** Formats an integer with thousands separators: `12,004`. */
export const groupDigits = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');

/**
 * Formats a count in at most `width` cells (4 or more) without cutting off digits: `12,004`, or else `1234567`, `1234k`
 * or `12M`.
 */
export const formatCountWithin = (count: number, width: number): string => {
  const digits = String(count);
  const grouped = groupDigits(count);
  if (grouped.length <= width) return grouped;
  if (digits.length <= width) return digits;
  let rounded = count;
  for (const unit of ['k', 'M', 'G', 'T']) {
    rounded /= 1000;
    const text = `${Math.round(rounded)}${unit}`;
    if (text.length <= width) return text;
  }
  return digits;
};

/** Formats a rate per second in at most five cells: `0.2`, `12.4`, `123`, `12.3k`, `250k`. */
export const formatRate = (perSecond: number): string => {
  if (perSecond < 99.95) return perSecond.toFixed(1);
  if (perSecond < 9_999.5) return String(Math.round(perSecond));
  if (perSecond < 99_950) return `${(perSecond / 1000).toFixed(1)}k`;
  return `${Math.round(perSecond / 1000)}k`;
};

/** Formats a count with its noun: `1 event`, `2 events`, `2 processes`. */
export const formatCount = (count: number, noun: string, plural = `${noun}s`): string =>
  `${groupDigits(count)} ${count === 1 ? noun : plural}`;

/** Formats bytes in at most seven cells: `512 B`, `64 KiB`, `1.2 MiB`, `12 GiB`. */
export const formatBytes = (bytes: number): string => {
  let value = bytes;
  let unit = 'B';
  for (const next of ['KiB', 'MiB', 'GiB', 'TiB']) {
    if (value < 999.5) break;
    value /= 1024;
    unit = next;
  }
  return `${value < 9.95 && unit !== 'B' ? value.toFixed(1) : Math.round(value)} ${unit}`;
};
