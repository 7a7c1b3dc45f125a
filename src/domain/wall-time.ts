const secondNs = 1_000_000_000n;

/** RFC 3339 in UTC with nine digits: `2026-11-22T21:02:25.123456789Z`. `realtimeNs` since the epoch. */
export const rfc3339 = (realtimeNs: bigint): string => {
  const fraction = ((realtimeNs % secondNs) + secondNs) % secondNs;
  const seconds = Number((realtimeNs - fraction) / secondNs);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(fraction).padStart(9, '0')}Z`;
};

/** For file names: `20261122T210225Z`. */
export const compactUtc = (realtimeNs: bigint): string =>
  `${rfc3339(realtimeNs).slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

const written = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|z|[+-]\d\d:\d\d)$/;

/** The instant an RFC 3339 text names, ns since the epoch; undefined if it names none. */
export const parseRfc3339 = (text: string): bigint | undefined => {
  const [, seconds, fraction = '', zone = ''] = written.exec(text) ?? [];
  const milliseconds = seconds === undefined ? Number.NaN : Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
};
