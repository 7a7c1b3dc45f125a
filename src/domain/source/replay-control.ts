import { formatRfc3339, parseRfc3339 } from '../../util/time.ts';

/**
 * Time travel, as the store and the screen know it. Times of a replay are nanoseconds of its timeline: wall time by the
 * clock pairs of the trace, never going back, so that parts of several recorders stand in a row.
 */

/** Churn over time in a bounded number of equal stretches. */
export type Density = {
  fromNs: bigint;
  /** Of one stretch. */
  bucketNs: bigint;
  spawns: readonly number[];
  exits: readonly number[];
  gaps: readonly number[];
};

export type ReplayStatus = {
  /** The trace as far as it is known yet. */
  fromNs: bigint;
  toNs: bigint;
  /** The moment on screen. */
  positionNs: bigint;
  /** `4x`, `1/8x`. */
  speed: string;
  playing: boolean;
  skipIdle: boolean;
  /** How much of it is known, 0 to 1. */
  indexedShare: number;
  density: Density;
  /** How many gaps, notes and alerts are known. */
  landmarks: number;
  /** Lines that could not be read. */
  skippedLines: number;
  /** A file of it is damaged, or was cut short meanwhile. */
  incomplete: boolean;
  /** What takes a moment. */
  busy: 'seeking' | 'searching' | undefined;
  /** The moment on screen is the last one there is. */
  atEnd: boolean;
};

export type Direction = 1 | -1;

/** What can be asked of a replay. */
export type ReplayCommand =
  | { do: 'togglePlay' }
  | { do: 'toggleSkipIdle' }
  | { do: 'speed'; steps: number }
  /** By events: over discovery and clock records. */
  | { do: 'step'; events: number }
  | { do: 'seek'; toNs: bigint }
  /** By a share of the whole trace. */
  | { do: 'scrub'; share: number }
  /** To a place in the whole trace, 0 to 1. */
  | { do: 'moveTo'; share: number }
  /** To a gap, a note or an alert. */
  | { do: 'gap'; direction: Direction }
  | { do: 'comm'; comm: string; direction: Direction }
  | { do: 'pid'; pid: number; direction: Direction };

/** Beside the events that it delivers, what a replay can be told to do; none of it waits. */
export type ReplayControl = {
  status(): ReplayStatus;
  send(command: ReplayCommand): void;
};

type Timeline = { fromNs: bigint; toNs: bigint; positionNs: bigint };

const nsPerUnit: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const dayNs = 86_400_000_000_000n;

const offsetPattern = /^([+-])(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const percentPattern = /^(\d+(?:\.\d+)?)%$/;
const clockTimePattern = /^(\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?$/;

/**
 * A time as people type it, on the timeline of a replay: `+30s`, `-5m`, `50%`, `12:03`, `12:03:04.5` (UTC; of the day
 * shown, or the next day where that is before the trace), `2026-11-22T12:03:04Z`. Undefined when it is none.
 */
export const parseTimeTarget = (
  input: string,
  { fromNs, toNs, positionNs }: Timeline,
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
