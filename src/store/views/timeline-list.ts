import { processKey } from '../../domain/events/process-id.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import type { Direction } from '../../domain/source/replay-control.ts';
import { type LifespanLane, packLanes } from '../../domain/views/lanes.ts';
import { collectLifespans, type Lifespan } from '../../domain/views/lifespans.ts';
import { compareValues } from '../../util/compare.ts';
import type { Order } from '../actions/view-id.ts';
import type { RowList } from './row-list.ts';

/** The spans that `+` and `-` select, in seconds. A zoom is an index of this list. */
const spanSeconds = [5, 10, 30, 60, 300] as const;
export const defaultZoom = 2;

/** Returns the zoom of the next shorter (1) or longer (-1) span, within bounds. */
export const nextZoom = (zoom: number, direction: Direction): number =>
  Math.max(0, Math.min(spanSeconds.length - 1, zoom - direction));

const spanNsOf = (zoom: number): bigint =>
  BigInt(spanSeconds[zoom] ?? spanSeconds[defaultZoom]) * 1_000_000_000n;

/** The parts of the view state that determine the rows of the timeline. */
export type TimelineViewOptions = { filter: CompiledFilter; zoom: number; order: Order };

/** A lane, or the last row, which counts the processes without a bar. */
export type TimelineRow =
  | {
      kind: 'lane';
      key: string;
      lane: LifespanLane;
      /** Whether it is the first lane of its comm. */
      first: boolean;
      /** Lifespans in all lanes of the comm. */
      count: number;
    }
  | { kind: 'rest'; key: string; aliveThroughout: number; omitted: number };

/** A lane row. Keys are computed on demand, because a frame builds thousands of rows and needs few keys. */
class LaneRow {
  readonly kind = 'lane';
  readonly lane: LifespanLane;
  readonly index: number;
  readonly count: number;

  constructor(lane: LifespanLane, index: number, count: number) {
    this.lane = lane;
    this.index = index;
    this.count = count;
  }

  get first(): boolean {
    return this.index === 0;
  }

  get key(): string {
    const { comm, lifespans } = this.lane;
    return lifespans.length === 1 ? processKey(lifespans[0] as Lifespan) : `lane:${this.index}:${comm}`;
  }
}

/** The rows of the timeline. From `knownNs` on, all lifespans are complete. */
export type TimelineRows = { rows: readonly TimelineRow[]; spanNs: bigint; knownNs: bigint };

/** Builds the rows of the timeline: the lanes with a visible lifespan, grouped by comm. */
export const buildTimelineRows = (
  system: SystemState,
  { filter, zoom, order }: TimelineViewOptions,
): TimelineRows => {
  const spanNs = spanNsOf(zoom);
  const { nowNs } = system;
  const sinceNs = nowNs - spanNs;
  // Lanes are packed from a multiple of the span on, so that lifespans keep their lanes while others leave the screen.
  const exitsSinceNs = (nowNs / spanNs - 1n) * spanNs;
  const { lifespans, aliveThroughout, omitted, completeSinceNs } = collectLifespans(
    system,
    { sinceNs, exitsSinceNs },
    filter,
  );
  const groups: LaneGroup[] = [];
  for (const lanes of packLanes(lifespans).values()) {
    const visible = visibleLanes(lanes, sinceNs);
    if (visible.length > 0) groups.push(groupOf(visible));
  }
  groups.sort(order.by === 'count' ? byCount : byComm);
  if (order.reversed) groups.reverse();
  const rows: TimelineRow[] = [];
  for (const { count, lanes } of groups)
    for (let index = 0; index < lanes.length; index++)
      rows.push(new LaneRow(lanes[index] as LifespanLane, index, count));
  if (aliveThroughout + omitted > 0) rows.push({ kind: 'rest', key: 'rest', aliveThroughout, omitted });
  return { rows, spanNs, knownNs: completeSinceNs };
};

/** Drops lifespans that ended before `sinceNs`, and lanes that are empty then. */
const visibleLanes = (lanes: readonly LifespanLane[], sinceNs: bigint): LifespanLane[] => {
  const isVisible = ({ toNs }: Lifespan) => toNs === undefined || toNs >= sinceNs;
  const visible: LifespanLane[] = [];
  for (const lane of lanes) {
    const lifespans = lane.lifespans.every(isVisible) ? lane.lifespans : lane.lifespans.filter(isVisible);
    if (lifespans === lane.lifespans) visible.push(lane);
    else if (lifespans.length > 0) visible.push({ comm: lane.comm, lifespans });
  }
  return visible;
};

type LaneGroup = { comm: string; count: number; lanes: LifespanLane[] };

const groupOf = (lanes: LifespanLane[]): LaneGroup => ({
  comm: lanes[0]?.comm as string,
  count: lanes.reduce((sum, { lifespans }) => sum + lifespans.length, 0),
  lanes,
});

const byComm = (a: LaneGroup, b: LaneGroup) => compareValues(a.comm, b.comm);
const byCount = (a: LaneGroup, b: LaneGroup) => b.count - a.count || byComm(a, b);

/** Returns the row list of the timeline. The key of a process finds the lane with its lifespan. */
export const timelineList = ({ rows }: TimelineRows, commandOf = ({ comm }: Lifespan) => comm): RowList => ({
  length: rows.length,
  indexOfKey: (key) => {
    const pid = Number.parseInt(key, 10);
    // The key of a lane with several lifespans, or of the last row.
    if (Number.isNaN(pid)) return rows.findIndex((row) => row.key === key);
    const hasKey = (lifespan: Lifespan) => lifespan.pid === pid && processKey(lifespan) === key;
    return rows.findIndex((row) => row.kind === 'lane' && row.lane.lifespans.some(hasKey));
  },
  indexOfComm: (comm) => rows.findIndex((row) => row.kind === 'lane' && row.lane.comm === comm),
  targetAt: (index) => {
    const row = rows[index] as TimelineRow;
    if (row.kind === 'rest') return { key: row.key, comm: undefined, pid: undefined };
    const { comm, lifespans } = row.lane;
    return { key: row.key, comm, pid: lifespans.length === 1 ? lifespans[0]?.pid : undefined };
  },
  textAt: (index) => {
    const row = rows[index] as TimelineRow;
    return row.kind === 'rest' ? '' : row.lane.lifespans.map(commandOf).join('\n');
  },
});
