import { UsageError } from './words.ts';

/** In nanoseconds. */
export type Duration = bigint;

/** µ is the micro sign or the Greek letter: keyboards have either. */
const unitNs: Readonly<Record<string, number>> = {
  us: 1e3,
  '\u00b5s': 1e3,
  '\u03bcs': 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/**
 * `250us`, `0.5ms`, `100ms`, `1s`, `5m`, `1h`; a bare number is milliseconds. At least 100 µs.
 * @throws UsageError
 */
export const parseDuration = (text: string): Duration => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([u\u00b5\u03bc]s|ms|s|m|h)?$/.exec(text) ?? [];
  if (number === undefined) throw new UsageError(`not a time: ${text} (write 250us, 100ms, 1s)`);
  const ns = Number(number) * (unitNs[unit ?? 'ms'] as number);
  if (ns < 100_000 || ns > 86_400e9) throw new UsageError(`out of range: ${text} (100us to 24h)`);
  return BigInt(Math.round(ns));
};
