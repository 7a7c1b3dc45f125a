import { formatRfc3339, parseRfc3339 } from '../../util/time.ts';
import type { ReplayStatus } from './replay-control.ts';

const nsPerUnit: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const dayNs = 86_400_000_000_000n;

const offsetPattern = /^([+-])(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const percentPattern = /^(\d+(?:\.\d+)?)%$/;
const clockTimePattern = /^(\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?$/;

/**
 * Parses a time on the timeline of a replay: `+30s`, `-5m`, `50%`, `12:03`, `12:03:04.5`, `2026-11-22T12:03:04Z`.
 * A clock time is UTC, on the day shown, or on the next day if that is before the trace.
 * Returns undefined if the text is not a time.
 */
export const parseTimeTarget = (
  input: string,
  { fromNs, toNs, positionNs }: Pick<ReplayStatus, 'fromNs' | 'toNs' | 'positionNs'>,
): bigint | undefined => {
  const text = input.trim();
  const [, sign, number, unit] = offsetPattern.exec(text) ?? [];
  if (number !== undefined) {
    const ns = BigInt(Math.round(Number(number) * (nsPerUnit[unit ?? 's'] as number)));
    return sign === '-' ? positionNs - ns : positionNs + ns;
  }
  const [, percent] = percentPattern.exec(text) ?? [];
  if (percent !== undefined)
    return fromNs + (BigInt(Math.round(Number(percent) * 1e4)) * (toNs - fromNs)) / 1_000_000n;
  const [, hours, minutes, seconds = '00'] = clockTimePattern.exec(text) ?? [];
  if (hours === undefined) return parseRfc3339(text);
  const day = formatRfc3339(positionNs).slice(0, 10);
  const atNs = parseRfc3339(`${day}T${hours.padStart(2, '0')}:${minutes}:${seconds}Z`);
  return atNs !== undefined && atNs < fromNs && atNs + dayNs <= toNs ? atNs + dayNs : atNs;
};
