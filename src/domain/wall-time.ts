/** RFC 3339 in UTC with nine digits: `2026-11-22T21:02:25.123456789Z`. `realtimeNs` since the epoch. */
export const rfc3339 = (realtimeNs: bigint): string => {
  const milliseconds = Number(realtimeNs / 1_000_000n);
  const fraction = String(((realtimeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n).padStart(9, '0');
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction}Z`;
};

/** For file names: `20261122T210225Z`. */
export const compactUtc = (realtimeNs: bigint): string =>
  `${rfc3339(realtimeNs).slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
