import { parseRfc3339, rfc3339 } from './wall-time.ts';

type Span = { fromNs: bigint; toNs: bigint; nowNs: bigint };

const unitNs: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const dayNs = 86_400_000_000_000n;

const apart = /^([+-])(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const part = /^(\d+(?:\.\d+)?)%$/;
const clock = /^(\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?$/;

/**
 * A time as people type it, on the timeline of a replay: `+30s`, `-5m`, `50%`, `12:03`, `12:03:04.5` (UTC; of the day
 * shown, or the next day where that is before the trace), `2026-11-22T12:03:04Z`. Undefined when it is none.
 */
export const parseJump = (typed: string, { fromNs, toNs, nowNs }: Span): bigint | undefined => {
  const text = typed.trim();
  const [, sign, number, unit] = apart.exec(text) ?? [];
  if (number !== undefined) {
    const ns = BigInt(Math.round(Number(number) * (unitNs[unit ?? 's'] as number)));
    return sign === '-' ? nowNs - ns : nowNs + ns;
  }
  const [, percent] = part.exec(text) ?? [];
  if (percent !== undefined)
    return fromNs + (BigInt(Math.round(Number(percent) * 1e4)) * (toNs - fromNs)) / 1_000_000n;
  const [, hours, minutes, seconds = '00'] = clock.exec(text) ?? [];
  if (hours === undefined) return parseRfc3339(text);
  const day = rfc3339(nowNs).slice(0, 10);
  const atNs = parseRfc3339(`${day}T${hours.padStart(2, '0')}:${minutes}:${seconds}Z`);
  return atNs !== undefined && atNs < fromNs && atNs + dayNs <= toNs ? atNs + dayNs : atNs;
};
