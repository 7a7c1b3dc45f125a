import { formatRfc3339, parseDurationNs, parseRfc3339 } from '../../util/time.ts';
import type { ReplayCommand, ReplayStatus } from './replay-control.ts';

const dayNs = 86_400_000_000_000n;

const offsetPattern = /^([+-])(\d+(?:\.\d+)?(?:ms|s|m|h))$/;
const percentPattern = /^(\d+(?:\.\d+)?)%$/;
const clockTimePattern = /^(\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?$/;

type Timeline = Pick<ReplayStatus, 'fromNs' | 'toNs' | 'positionNs'> &
  Partial<Pick<ReplayStatus, 'wallSteps' | 'indexedShare'>>;

/** A part of the timeline in which wall time differs from it by a constant. `toNs` is exclusive, except at the end. */
type Segment = { fromNs: bigint; toNs: bigint; offsetNs: bigint };

const segmentsOf = ({ fromNs, toNs, wallSteps = [], indexedShare = 1 }: Timeline): Segment[] => {
  // The end is not known until the trace is indexed.
  const endNs = indexedShare < 1 ? toNs + dayNs : toNs;
  const steps = wallSteps.length === 0 ? [{ atNs: fromNs, offsetNs: 0n }] : wallSteps;
  return steps.map(({ atNs, offsetNs }, index) => {
    const next = steps[index + 1];
    return { fromNs: index === 0 ? fromNs : atNs, toNs: next ? next.atNs - 1n : endNs, offsetNs };
  });
};

const startOfDay = (wallNs: bigint): bigint => wallNs - (((wallNs % dayNs) + dayNs) % dayNs);

const distance = (one: bigint, other: bigint): bigint => (one < other ? other - one : one - other);

/**
 * Returns the time on the timeline at which the clock shows a time of day, in UTC: on the day shown if it occurs then,
 * or else the nearest to the position. Undefined if it does not occur.
 */
const findTimeOfDay = (timeOfDayNs: bigint, timeline: Timeline): bigint | undefined => {
  const { positionNs } = timeline;
  const segments = segmentsOf(timeline);
  const shown = segments.findLast(({ fromNs }) => fromNs <= positionNs) ?? segments[0];
  const shownDay = startOfDay(positionNs + (shown?.offsetNs ?? 0n));
  let best: { atNs: bigint; isShownDay: boolean } | undefined;
  for (const { fromNs, toNs, offsetNs } of segments) {
    const firstDay = startOfDay(fromNs + offsetNs);
    const days = [firstDay, firstDay + dayNs, shownDay - dayNs, shownDay, shownDay + dayNs];
    for (const day of [...days, startOfDay(toNs + offsetNs), startOfDay(toNs + offsetNs) - dayNs]) {
      const atNs = day + timeOfDayNs - offsetNs;
      if (atNs < fromNs || atNs > toNs) continue;
      const isShownDay = day === shownDay;
      const isBetter =
        !best ||
        (isShownDay && !best.isShownDay) ||
        (isShownDay === best.isShownDay && distance(atNs, positionNs) < distance(best.atNs, positionNs));
      if (isBetter) best = { atNs, isShownDay };
    }
  }
  return best?.atNs;
};

/** Returns the time on the timeline nearest to the position at which the clock shows a wall time. */
const findWallTime = (wallNs: bigint, timeline: Timeline): bigint => {
  const { positionNs } = timeline;
  const found = segmentsOf(timeline)
    .map(({ fromNs, toNs, offsetNs }) => ({ fromNs, toNs, atNs: wallNs - offsetNs }))
    .filter(({ fromNs, toNs, atNs }) => atNs >= fromNs && atNs <= toNs)
    .toSorted((a, b) => Number(distance(a.atNs, positionNs) - distance(b.atNs, positionNs)));
  return found[0]?.atNs ?? wallNs;
};

const parseTimeOfDay = (text: string): bigint | undefined => {
  const [, hours, minutes, seconds = '00'] = clockTimePattern.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const ns = parseRfc3339(`1970-01-01T${hours.padStart(2, '0')}:${minutes}:${seconds}Z`);
  return ns === undefined || ns >= dayNs ? undefined : ns;
};

/**
 * Parses a time on the timeline of a replay: `+30s`, `-5m`, `50%`, `12:03`, `12:03:04.5`, `2026-11-22T12:03:04Z`.
 * A clock time is UTC as shown on the screen: on the day shown, or else the nearest in the trace.
 * Returns undefined if the text is not a time, or a clock time that the trace does not have.
 */
export const parseTimeTarget = (input: string, timeline: Timeline): bigint | undefined => {
  const { fromNs, toNs, positionNs } = timeline;
  const text = input.trim();
  const [, sign, duration] = offsetPattern.exec(text) ?? [];
  if (duration !== undefined) {
    const ns = parseDurationNs(duration) as bigint;
    return sign === '-' ? positionNs - ns : positionNs + ns;
  }
  const share = parsePercent(text);
  if (share !== undefined) return fromNs + (BigInt(Math.round(share * 1e6)) * (toNs - fromNs)) / 1_000_000n;
  const timeOfDayNs = parseTimeOfDay(text);
  if (timeOfDayNs !== undefined) return findTimeOfDay(timeOfDayNs, timeline);
  const wallNs = parseRfc3339(text);
  return wallNs === undefined ? undefined : findWallTime(wallNs, timeline);
};

const parsePercent = (text: string): number | undefined => {
  const [, percent] = percentPattern.exec(text) ?? [];
  return percent === undefined ? undefined : Number(percent) / 100;
};

/** Formats a wall time as `2026-11-22 23:50:00`. */
const formatWall = (ns: bigint): string => formatRfc3339(ns).slice(0, 19).replace('T', ' ');

/** Returns the command that goes to a time, or the reason why there is none. */
export const timeCommandOf = (
  input: string,
  timeline: Timeline,
): { command: ReplayCommand } | { error: string } => {
  const share = parsePercent(input.trim());
  if (share !== undefined) return { command: { type: 'seekShare', share: Math.min(1, share) } };
  const toNs = parseTimeTarget(input, timeline);
  if (toNs !== undefined) return { command: { type: 'seek', toNs } };
  if (parseTimeOfDay(input.trim()) === undefined)
    return { error: `invalid time "${input}" (expected 12:03:04, +30s, -5m or 50%)` };
  const segments = segmentsOf({ ...timeline, indexedShare: 1 });
  const [first, last] = [segments[0] as Segment, segments.at(-1) as Segment];
  const range = `${formatWall(first.fromNs + first.offsetNs)} to ${formatWall(last.toNs + last.offsetNs)}`;
  return { error: `no ${input.trim()} in the trace (${range})` };
};
