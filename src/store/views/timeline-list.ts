import { processKey } from '../../domain/events/process-id.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import {
  collectLifespans,
  type Lifespan,
  type LifespanLane,
  packLanes,
} from '../../domain/views/lifespans.ts';
import type { Order } from '../actions/view-id.ts';
import type { RowList } from './row-list.ts';

/** What `+` and `-` go through, in seconds. */
const spanSeconds = [5, 10, 30, 60, 300] as const;
/** Which of them is shown at first. */
export const defaultZoom = 2;

/** Another span, none beyond the first and the last. */
export const nextZoom = (zoom: number, direction: 1 | -1): number =>
  Math.max(0, Math.min(spanSeconds.length - 1, zoom - direction));

export const spanNsOf = (zoom: number): bigint =>
  BigInt(spanSeconds[zoom] ?? spanSeconds[defaultZoom]) * 1_000_000_000n;

/** How the timeline view is looked at; `zoom` is the place of its span. */
export type TimelineOptions = { filter: CompiledFilter; zoom: number; order: Order };

/** A lane, or the last row: those that have no bar. */
export type TimelineRow =
  | { kind: 'lane'; key: string; lane: LifespanLane; first: boolean; count: number }
  | { kind: 'rest'; key: string; aliveThroughout: number; omitted: number };

/** Thousands are made a frame, and keys are asked for by few. */
class LaneRow {
  readonly kind = 'lane';
  readonly lane: LifespanLane;
  readonly index: number;
  readonly count: number;

  constructor(lane: LifespanLane, index: number, lives: number) {
    this.lane = lane;
    this.index = index;
    this.count = lives;
  }

  get first(): boolean {
    return this.index === 0;
  }

  get key(): string {
    const { comm, lifespans } = this.lane;
    return lifespans.length === 1 ? processKey(lifespans[0] as Lifespan) : `lane:${this.index}:${comm}`;
  }
}

export type TimelineRows = { rows: readonly TimelineRow[]; spanNs: bigint; knownNs: bigint };

/** The lanes in which anything lies, comm by comm. */
export const buildTimelineRows = (
  world: SystemState,
  { filter, zoom, order }: TimelineOptions,
): TimelineRows => {
  const spanNs = spanNsOf(zoom);
  const { nowNs } = world;
  const sinceNs = nowNs - spanNs;
  // Where a span began: as lives leave the screen, those that stay keep their lanes until the next one begins.
  const exitsSinceNs = (nowNs / spanNs - 1n) * spanNs;
  const { lifespans, aliveThroughout, omitted, completeSinceNs } = collectLifespans(
    world,
    { sinceNs, exitsSinceNs },
    filter,
  );
  const groups: LaneGroup[] = [];
  for (const lanes of packLanes(lifespans).values()) {
    const shown = visibleLanes(lanes, sinceNs);
    if (shown.length > 0) groups.push(groupOf(shown));
  }
  groups.sort(order.by === 'lives' ? byCount : byComm);
  if (order.reversed) groups.reverse();
  const rows: TimelineRow[] = [];
  for (const { count, lanes } of groups)
    for (let index = 0; index < lanes.length; index++)
      rows.push(new LaneRow(lanes[index] as LifespanLane, index, count));
  if (aliveThroughout + omitted > 0) rows.push({ kind: 'rest', key: 'rest', aliveThroughout, omitted });
  return { rows, spanNs, knownNs: completeSinceNs };
};

/** Without the lives that ended before, and lanes that are left with none. */
const visibleLanes = (lanes: readonly LifespanLane[], sinceNs: bigint): LifespanLane[] => {
  const isShown = ({ toNs }: Lifespan) => toNs === undefined || toNs >= sinceNs;
  const shown: LifespanLane[] = [];
  for (const lane of lanes) {
    const lifespans = lane.lifespans.every(isShown) ? lane.lifespans : lane.lifespans.filter(isShown);
    if (lifespans === lane.lifespans) shown.push(lane);
    else if (lifespans.length > 0) shown.push({ comm: lane.comm, lifespans });
  }
  return shown;
};

type LaneGroup = { comm: string; count: number; lanes: LifespanLane[] };

const groupOf = (lanes: LifespanLane[]): LaneGroup => ({
  comm: lanes[0]?.comm as string,
  count: lanes.reduce((sum, { lifespans }) => sum + lifespans.length, 0),
  lanes,
});

const byComm = (a: LaneGroup, b: LaneGroup) => (a.comm < b.comm ? -1 : a.comm > b.comm ? 1 : 0);
const byCount = (a: LaneGroup, b: LaneGroup) => b.count - a.count || byComm(a, b);

/** A process is found in whichever lane its bar lies. */
export const timelineList = ({ rows }: TimelineRows): RowList => ({
  length: rows.length,
  indexOfKey: (key) => {
    const pid = Number.parseInt(key, 10);
    // A lane of several, or the rest.
    if (Number.isNaN(pid)) return rows.findIndex((row) => row.key === key);
    const isIt = (bar: Lifespan) => bar.pid === pid && processKey(bar) === key;
    return rows.findIndex((row) => row.kind === 'lane' && row.lane.lifespans.some(isIt));
  },
  indexOfComm: (comm) => rows.findIndex((row) => row.kind === 'lane' && row.lane.comm === comm),
  targetAt: (index) => {
    const row = rows[index] as TimelineRow;
    if (row.kind === 'rest') return { key: row.key, comm: undefined, pid: undefined };
    const { comm, lifespans } = row.lane;
    return { key: row.key, comm, pid: lifespans.length === 1 ? lifespans[0]?.pid : undefined };
  },
});
