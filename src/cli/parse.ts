import { readDuration } from '../domain/duration.ts';
import { UsageError } from './words.ts';

/** In nanoseconds. */
export type Duration = bigint;

/**
 * `250us`, `0.5ms`, `100ms`, `1s`, `5m`, `1h`; a bare number is milliseconds. At least 100 µs.
 * @throws UsageError
 */
export const parseDuration = (text: string): Duration => {
  const ns = readDuration(/^[\d.]+$/.test(text) ? `${text}ms` : text);
  if (ns === undefined) throw new UsageError(`not a time: ${text} (write 250us, 100ms, 1s)`);
  if (ns < 100_000n || ns > 86_400_000_000_000n) throw new UsageError(`out of range: ${text} (100us to 24h)`);
  return ns;
};
