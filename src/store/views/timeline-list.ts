import { keyOf } from '../../domain/events/process-id.ts';
import type { Accepts } from '../../domain/filter/filter.ts';
import type { World } from '../../domain/processes/system-state.ts';
import { type LifeBar, type LifeLane, lanesOf, livesSince } from '../../domain/views/lifespans.ts';
import type { Order } from '../actions/view-id.ts';
import type { List } from './row-list.ts';

/** What `+` and `-` go through, in seconds. */
const spans = [5, 10, 30, 60, 300] as const;
/** Which of them is shown at first. */
export const firstZoom = 2;

/** Another span, none beyond the first and the last. */
export const zoomed = (zoom: number, by: 1 | -1): number =>
  Math.max(0, Math.min(spans.length - 1, zoom - by));

export const spanOf = (zoom: number): bigint => BigInt(spans[zoom] ?? spans[firstZoom]) * 1_000_000_000n;

/** How the timeline view is looked at; `zoom` is the place of its span. */
export type LivesLook = { filter: Accepts; zoom: number; order: Order };

/** A lane, or the last row: those that have no bar. */
export type LifeRow =
  | { kind: 'lane'; key: string; lane: LifeLane; first: boolean; lives: number }
  | { kind: 'rest'; key: string; throughout: number; untold: number };

/** Thousands are made a frame, and keys are asked for by few. */
class LaneRow {
  readonly kind = 'lane';
  readonly lane: LifeLane;
  readonly index: number;
  readonly lives: number;

  constructor(lane: LifeLane, index: number, lives: number) {
    this.lane = lane;
    this.index = index;
    this.lives = lives;
  }

  get first(): boolean {
    return this.index === 0;
  }

  get key(): string {
    const { comm, bars } = this.lane;
    return bars.length === 1 ? keyOf(bars[0] as LifeBar) : `lane:${this.index}:${comm}`;
  }
}

export type LivesOnShow = { rows: readonly LifeRow[]; spanNs: bigint; knownNs: bigint };

/** The lanes in which anything lies, comm by comm. */
export const livesOnShow = (world: World, { filter, zoom, order }: LivesLook): LivesOnShow => {
  const spanNs = spanOf(zoom);
  const { nowNs } = world;
  const sinceNs = nowNs - spanNs;
  // Where a span began: as lives leave the screen, those that stay keep their lanes until the next one begins.
  const reachNs = (nowNs / spanNs - 1n) * spanNs;
  const { bars, throughout, untold, knownNs } = livesSince(world, { sinceNs, reachNs }, filter);
  const groups: Group[] = [];
  for (const lanes of lanesOf(bars).values()) {
    const shown = shownOf(lanes, sinceNs);
    if (shown.length > 0) groups.push(groupOf(shown));
  }
  groups.sort(order.by === 'lives' ? byLives : byComm);
  if (order.reversed) groups.reverse();
  const rows: LifeRow[] = [];
  for (const { lives, lanes } of groups)
    for (let index = 0; index < lanes.length; index++)
      rows.push(new LaneRow(lanes[index] as LifeLane, index, lives));
  if (throughout + untold > 0) rows.push({ kind: 'rest', key: 'rest', throughout, untold });
  return { rows, spanNs, knownNs };
};

/** Without the lives that ended before, and lanes that are left with none. */
const shownOf = (lanes: readonly LifeLane[], sinceNs: bigint): LifeLane[] => {
  const isShown = ({ toNs }: LifeBar) => toNs === undefined || toNs >= sinceNs;
  const shown: LifeLane[] = [];
  for (const lane of lanes) {
    const bars = lane.bars.every(isShown) ? lane.bars : lane.bars.filter(isShown);
    if (bars === lane.bars) shown.push(lane);
    else if (bars.length > 0) shown.push({ comm: lane.comm, bars });
  }
  return shown;
};

type Group = { comm: string; lives: number; lanes: LifeLane[] };

const groupOf = (lanes: LifeLane[]): Group => ({
  comm: lanes[0]?.comm as string,
  lives: lanes.reduce((sum, { bars }) => sum + bars.length, 0),
  lanes,
});

const byComm = (a: Group, b: Group) => (a.comm < b.comm ? -1 : a.comm > b.comm ? 1 : 0);
const byLives = (a: Group, b: Group) => b.lives - a.lives || byComm(a, b);

/** A process is found in whichever lane its bar lies. */
export const livesList = ({ rows }: LivesOnShow): List => ({
  length: rows.length,
  find: (key) => {
    const pid = Number.parseInt(key, 10);
    // A lane of several, or the rest.
    if (Number.isNaN(pid)) return rows.findIndex((row) => row.key === key);
    const isIt = (bar: LifeBar) => bar.pid === pid && keyOf(bar) === key;
    return rows.findIndex((row) => row.kind === 'lane' && row.lane.bars.some(isIt));
  },
  findComm: (comm) => rows.findIndex((row) => row.kind === 'lane' && row.lane.comm === comm),
  subject: (index) => {
    const row = rows[index] as LifeRow;
    if (row.kind === 'rest') return { key: row.key, comm: undefined, pid: undefined };
    const { comm, bars } = row.lane;
    return { key: row.key, comm, pid: bars.length === 1 ? bars[0]?.pid : undefined };
  },
});
