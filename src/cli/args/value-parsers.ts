import type { AlertRule } from '../../domain/alerts/rule.ts';
import { parseRule } from '../../domain/alerts/rule-parser.ts';
import { isKey, keyNames } from '../../store/keys/key-names.ts';
import { meantPrefix } from '../../util/closest.ts';
import { printable } from '../../util/printable.ts';
import { parseDurationNs } from '../../util/time.ts';
import { quoteValue, UsageError } from '../support/errors.ts';

// Errors do not name the flag; the caller adds it.

/** A duration in nanoseconds. */
export type DurationNs = bigint;

/**
 * Returns a parser of durations such as `250us`, `0.5ms`, `1s`, `5m`, `1h`, `7d`, from `min` to `max`.
 * @param defaultUnit unit of a bare number; without it, a bare number is invalid
 */
export const durationWithin = (min: string, max: string, defaultUnit = '') => {
  const [minNs, maxNs] = [parseDurationNs(min), parseDurationNs(max)] as [bigint, bigint];
  return (text: string): DurationNs => {
    const ns = parseDurationNs(/^[\d.]+$/.test(text) ? `${text}${defaultUnit}` : text);
    if (ns === undefined)
      throw new UsageError(`invalid duration ${quoteValue(text)} (expected 250us, 100ms, 1s, …)`);
    if (ns < minNs || ns > maxNs) throw outOfRange(text, `${min} to ${max}`);
    return ns;
  };
};

const outOfRange = (text: string, range: string): UsageError =>
  new UsageError(`out of range ${quoteValue(text)} (expected ${range})`);

/** Parses a sampling interval, 100 µs to 24 h. A bare number is milliseconds. @throws UsageError */
export const parseInterval = durationWithin('100us', '24h', 'ms');

const unitBytes: Readonly<Record<string, number>> = {
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

const minRotateBytes = 64 * 2 ** 10;
const maxRotateBytes = 2 ** 43;

/** Parses a size such as `512KiB`, `1.5GiB` or `100MB` into bytes, 64 KiB to 8 TiB. @throws UsageError */
export const parseSize = (text: string): number => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([KMGT]iB|[kMGT]B)$/.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    throw new UsageError(`invalid size ${quoteValue(text)} (expected 512KiB, 64MiB, 1GiB, …)`);
  const bytes = Math.round(Number(number) * (unitBytes[unit] as number));
  if (bytes < minRotateBytes || bytes > maxRotateBytes) throw outOfRange(text, '64KiB to 8TiB');
  return bytes;
};

/** Returns a parser of whole numbers from `min` to `max`. */
export const integerWithin =
  (min: number, max: number) =>
  (text: string): number => {
    const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(count))
      throw new UsageError(`not a number ${quoteValue(text)} (expected ${min} to ${max})`);
    if (count < min || count > max) throw outOfRange(text, `${min} to ${max}`);
    return count;
  };

/** Returns a parser that accepts one of the choices. */
export const oneOf =
  <W extends string>(choices: readonly W[]) =>
  (text: string): W => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    const meant = meantPrefix(text, choices);
    throw new UsageError(`invalid value ${quoteValue(text)} (${meant}expected ${choices.join(', ')})`);
  };

/** Returns a parser of comma-separated choices, each at most once: `pid,age`. */
export const choiceList =
  <W extends string>(choices: readonly W[]) =>
  (text: string): readonly W[] => {
    const list = text.split(',').map((choice) => oneOf(choices)(choice.trim()));
    if (new Set(list).size < list.length)
      throw new UsageError(`duplicate value in ${quoteValue(text)} (expected each at most once)`);
    return list;
  };

/** Parses `x=p,ctrl-d=pagedown` into a map from each new key to the key that it acts as. @throws UsageError */
export const parseKeyOverrides = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(',').map((pair) => {
      const [, key, target] = /^\s*(.[^=]*)=(.[^=]*?)\s*$/u.exec(pair) ?? [];
      if (key === undefined || target === undefined)
        throw new UsageError(`invalid key pair ${quoteValue(pair)} (expected x=p)`);
      for (const each of [key, target]) {
        if (!isKey(each))
          throw new UsageError(
            `unknown key ${quoteValue(each)} (${meantPrefix(each, keyNames)}expected x, ctrl-d, pagedown, …)`,
          );
      }
      return [key, target] as const;
    }),
  );

/** Parses a duration from 10 ms to 1 h, or `off`. @throws UsageError */
export const parseFsync = (text: string): DurationNs | 'off' =>
  text === 'off' ? text : durationWithin('10ms', '1h')(text);

/** Parses a percentage of one core, `0.1%` to `100%`, into a share from 0 to 1. @throws UsageError */
export const parseCpuShare = (text: string): number => {
  const percent = /^\d{1,3}(?:\.\d{1,3})?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
  if (Number.isNaN(percent)) throw new UsageError(`invalid share ${quoteValue(text)} (expected 5%)`);
  if (percent < 0.1 || percent > 100) throw outOfRange(text, '0.1% to 100%');
  return percent / 100;
};

/** Parses an alert rule. @throws UsageError with the position of the error, from 1 */
export const parseAlert = (text: string): AlertRule => {
  const parsed = parseRule(text);
  if (parsed.ok) return parsed.rule;
  throw new UsageError(`${printable(parsed.error)}, at character ${parsed.column + 1}`);
};

/** Checks the name of a file for node_exporter, which reads only those that end in `.prom`. @throws UsageError */
export const parsePromPath = (text: string): string => {
  if (text.endsWith('.prom')) return text;
  throw new UsageError(`invalid name ${quoteValue(text)} (expected FILE.prom)`);
};
