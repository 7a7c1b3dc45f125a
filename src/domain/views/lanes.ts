import { compareValues } from '../../util/compare.ts';
import { LaneAllocator } from './lane-allocator.ts';
import type { Lifespan } from './lifespans.ts';

/** Lifespans of one name that do not overlap, by start. */
export type LifespanLane = { comm: string; lifespans: Lifespan[] };

/**
 * Packs lifespans, given by start, into lanes. A name has as many lanes as processes that were alive at the same time.
 * Names are in the order of their first lifespan.
 */
export const packLanes = (lifespans: readonly Lifespan[]): Map<string, LifespanLane[]> => {
  const byComm = new Map<string, Lifespan[]>();
  for (const lifespan of lifespans) {
    const ofComm = byComm.get(lifespan.comm);
    if (ofComm) ofComm.push(lifespan);
    else byComm.set(lifespan.comm, [lifespan]);
  }
  return new Map([...byComm].map(([comm, ofComm]) => [comm, packCommLanes(comm, ofComm)]));
};

/** Packs the lifespans of one name, in order of their starts and ends. */
const packCommLanes = (comm: string, lifespans: readonly Lifespan[]): LifespanLane[] => {
  const lanes: LifespanLane[] = [];
  const allocator = new LaneAllocator();
  /** By index in `lifespans`; -1 until the lifespan has a lane. */
  const laneOf = new Int32Array(lifespans.length).fill(-1);
  const endNs = (index: number) => lifespans[index]?.toNs as bigint;
  /** Indexes of the exited processes, by end. */
  const byEnd: number[] = [];
  for (let index = 0; index < lifespans.length; index++)
    if (lifespans[index]?.toNs !== undefined) byEnd.push(index);
  byEnd.sort((a, b) => compareValues(endNs(a), endNs(b)));
  let released = 0;
  for (let index = 0; index < lifespans.length; index++) {
    const lifespan = lifespans[index] as Lifespan;
    let next = byEnd[released];
    while (next !== undefined && endNs(next) <= lifespan.fromNs) {
      const lane = laneOf[next] as number;
      if (lane >= 0) allocator.release(lane, endNs(next));
      next = byEnd[++released];
    }
    const lane = allocator.allocate(lifespan.fromNs);
    laneOf[index] = lane;
    const existing = lanes[lane];
    if (existing) existing.lifespans.push(lifespan);
    else lanes[lane] = { comm, lifespans: [lifespan] };
  }
  return lanes;
};
