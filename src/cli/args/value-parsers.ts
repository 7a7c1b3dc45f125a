import { type AlertRule, parseRule } from '../../domain/alerts/rule.ts';
import { isKey } from '../../store/keys/key-names.ts';
import { printable } from '../../util/text.ts';
import { parseDurationNs } from '../../util/time.ts';
import { UsageError } from '../support/errors.ts';

/** In nanoseconds. */
export type DurationNs = bigint;

/** Reads `250us`, `0.5ms`, `1s`, `5m`, `1h`, `7d` within a range. Throws UsageError. */
export const durationWithin = (min: string, max: string, defaultUnit = '') => {
  const [minNs, maxNs] = [parseDurationNs(min), parseDurationNs(max)] as [bigint, bigint];
  return (text: string): DurationNs => {
    const ns = parseDurationNs(/^[\d.]+$/.test(text) ? `${text}${defaultUnit}` : text);
    if (ns === undefined) throw new UsageError(`not a time: ${text} (write 250us, 100ms, 1s)`);
    if (ns < minNs || ns > maxNs) throw new UsageError(`out of range: ${text} (${min} to ${max})`);
    return ns;
  };
};

/** Time between two looks; a bare number is milliseconds. */
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

/** `512KiB`, `64MiB`, `1.5GiB`, `100MB`, in bytes, 64KiB to 8TiB. @throws UsageError */
export const parseSize = (text: string): number => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([KMGT]iB|[kMGT]B)$/.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    throw new UsageError(`not a size: ${text} (write 512KiB, 64MiB, 1GiB)`);
  const bytes = Math.round(Number(number) * (unitBytes[unit] as number));
  if (bytes < minRotateBytes || bytes > maxRotateBytes)
    throw new UsageError(`out of range: ${text} (64KiB to 8TiB)`);
  return bytes;
};

/** Reads a whole number within a range. Throws UsageError. */
export const integerWithin =
  (min: number, max: number) =>
  (text: string): number => {
    const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(count)) throw new UsageError(`not a whole number: ${text}`);
    if (count < min || count > max) throw new UsageError(`out of range: ${text} (${min} to ${max})`);
    return count;
  };

/** Reads one of these words. Throws UsageError. */
export const oneOf =
  <W extends string>(choices: readonly W[]) =>
  (text: string): W => {
    const found = choices.find((word) => word === text);
    if (found === undefined) throw new UsageError(`not one of ${choices.join(', ')}: ${text}`);
    return found;
  };

/** Reads some of these words, each once: `pid,age`. Throws UsageError. */
export const choiceList =
  <W extends string>(choices: readonly W[]) =>
  (text: string): readonly W[] => {
    const found = text.split(',').map((word) => oneOf(choices)(word.trim()));
    if (new Set(found).size < found.length) throw new UsageError(`more than once: ${text}`);
    return found;
  };

/** `x=p,ctrl-d=pagedown`: which key does what another one does. @throws UsageError */
export const parseKeyOverrides = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(',').map((pair) => {
      const [, own, target] = /^\s*(.[^=]*)=(.[^=]*?)\s*$/u.exec(pair) ?? [];
      if (own === undefined || target === undefined)
        throw new UsageError(`not two keys: ${pair} (write x=p)`);
      for (const key of [own, target]) if (!isKey(key)) throw new UsageError(`no key: ${key}`);
      return [own, target] as const;
    }),
  );

/** A time, or `off`. @throws UsageError */
export const parseFsync = (text: string): DurationNs | 'off' =>
  text === 'off' ? text : durationWithin('10ms', '1h')(text);

/** `5%`, `12.5%`, at least 0.1 % and at most a whole core: a share of one core, 0 to 1. @throws UsageError */
export const parseCpuShare = (text: string): number => {
  const percent = /^\d{1,3}(?:\.\d{1,3})?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
  if (Number.isNaN(percent)) throw new UsageError(`not a share of one core: ${text} (write 5%)`);
  if (percent < 0.1 || percent > 100) throw new UsageError(`out of range: ${text} (0.1% to 100%)`);
  return percent / 100;
};

/** @throws UsageError */
export const parseAlert = (text: string): AlertRule => {
  const parsed = parseRule(text);
  if (parsed.ok) return parsed.rule;
  throw new UsageError(`--alert: ${printable(parsed.error)} (at character ${parsed.column + 1})`);
};
