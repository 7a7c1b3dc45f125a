import { type ExitedEvent, isProbeEvent, type ProbeEvent } from '../events/event.ts';
import { type ProcessId, processKey } from '../events/process-id.ts';
import type { CompiledFilter } from '../filter/filter.ts';
import { matchesRecord } from '../filter/stream-filter.ts';
import { ProcessSubject } from '../filter/subject.ts';
import type { ProcessOrigin } from '../processes/ancestry.ts';
import type { Guest } from '../processes/guest.ts';
import { ageNs, type ProcessEntry } from '../processes/process-table.ts';
import type { LogEntry, SystemState } from '../processes/system-state.ts';
import { LaneAllocator } from './lane-allocator.ts';

/** One life, as a bar over time is drawn from it. Times are CLOCK_MONOTONIC ns. */
export type Lifespan = ProcessId & {
  comm: string;
  fromNs: bigint;
  /** Its birth was seen, or stands in its start ticks. */
  startKnown: boolean;
  /** Undefined while it lives. */
  toNs: bigint | undefined;
  /** Since when it is unreaped, as far as that was seen. */
  zombieSinceNs: bigint | undefined;
  /** Seen to end with a signal or a status other than 0. */
  failed: boolean;
};

/** What a stretch of time that ends now held. */
export type Lifespans = {
  /** By start; no more than `mostBars`, the ones that began last. */
  lifespans: readonly Lifespan[];
  /** Alive from before the stretch until now: no churn, so no bar. */
  aliveThroughout: number;
  /** Left out, as they began before those. */
  omitted: number;
  /** From when on every end that was seen is known: before it, time without a bar says nothing. */
  completeSinceNs: bigint;
};

export const maxLifespans = 4_096;

/** The stretch that is shown, and how far back lives that ended are told: lanes are dealt over more than is shown. */
export type TimelineWindow = { sinceNs: bigint; exitsSinceNs: bigint };

/** The lives of which a part lies in the stretch, each once, as far as the filter lets them through. */
export const collectLifespans = (
  world: SystemState,
  { sinceNs, exitsSinceNs }: TimelineWindow,
  filter: CompiledFilter,
): Lifespans => {
  const { log, table, ancestry, guest, nowNs } = world;
  const all = filter.fieldNames.length === 0;
  const bars: Lifespan[] = [];
  const zombies = new Map<string, bigint>();
  // Log entries are in the order in which they came in, so the newest tell when to stop.
  for (let index = log.length - 1; index >= 0; index--) {
    const { record, origin } = log.at(index) as LogEntry;
    if (!isProbeEvent(record)) continue;
    if (record.guest_monotonic_ns < exitsSinceNs) break;
    if (record.probe_source === 'process.zombie') zombies.set(recordKey(record), record.guest_monotonic_ns);
    if (record.probe_source !== 'process.exited' || !(all || matchesRecord(record, origin, filter, guest)))
      continue;
    bars.push(exitedLifespan(record, origin, exitsSinceNs));
  }
  let aliveThroughout = 0;
  let foundNs: bigint | undefined;
  for (const process of table.live()) {
    if (process.initial && (foundNs === undefined || process.firstSeenNs < foundNs))
      foundNs = process.firstSeenNs;
    if (!all && !filter.matches(new ProcessSubject(process, ancestry, guest, nowNs))) continue;
    const fromNs = spawnTimeNs(process, nowNs, guest);
    if (fromNs === undefined || fromNs <= sinceNs) aliveThroughout++;
    else bars.push(liveLifespan(process, fromNs, sinceNs));
  }
  if (zombies.size > 0)
    for (const bar of bars) bar.zombieSinceNs = zombies.get(processKey(bar)) ?? bar.zombieSinceNs;
  bars.sort((a, b) => (a.fromNs < b.fromNs ? -1 : a.fromNs > b.fromNs ? 1 : a.pid - b.pid));
  const omitted = Math.max(0, bars.length - maxLifespans);
  return {
    lifespans: bars.slice(omitted),
    aliveThroughout,
    omitted,
    completeSinceNs: completeSince(world, foundNs),
  };
};

// Thousands of bars are made a frame: plain literals, and no keys before someone asks for them.

const exitedLifespan = (record: ExitedEvent, kin: ProcessOrigin | undefined, reachNs: bigint): Lifespan => {
  const { guest_monotonic_ns: toNs, lifetime_ns: livedNs, exit_code, exit_signal } = record;
  return {
    pid: record.guest_pid,
    startTicks: record.start_ticks,
    comm: record.guest_comm,
    fromNs: kin?.spawnedNs ?? (livedNs === undefined ? reachNs : toNs - livedNs),
    startKnown: kin?.spawnedNs !== undefined || livedNs !== undefined,
    toNs,
    zombieSinceNs: undefined,
    failed: (exit_code ?? 0) !== 0 || exit_signal !== undefined,
  };
};

const liveLifespan = ({ pid, startTicks, comm, zombie }: ProcessEntry, fromNs: bigint, sinceNs: bigint) => ({
  pid,
  startTicks,
  comm,
  fromNs,
  startKnown: true,
  toNs: undefined,
  zombieSinceNs: zombie ? sinceNs : undefined,
  failed: false,
});

const spawnTimeNs = (process: ProcessEntry, nowNs: bigint, { bootOffsetNs }: Guest): bigint | undefined => {
  if (!process.initial) return process.firstSeenNs;
  const age = ageNs(process, nowNs, bootOffsetNs);
  return age === undefined ? undefined : nowNs - age;
};

const recordKey = ({ guest_pid: pid, start_ticks: startTicks }: ProbeEvent): string =>
  processKey({ pid, startTicks });

const completeSince = ({ log }: SystemState, foundNs = 0n): bigint => {
  if (log.dropped === 0) return foundNs;
  for (const { record } of log) if (isProbeEvent(record)) return record.guest_monotonic_ns;
  return foundNs;
};

/** Lives of one comm that follow each other. */
export type LifespanLane = { comm: string; lifespans: Lifespan[] };

/** Of each comm as many lanes as were alive at once, oldest lives first; comms in the order of their first life. */
export const packLanes = (bars: readonly Lifespan[]): Map<string, LifespanLane[]> => {
  const byComm = new Map<string, Lifespan[]>();
  for (const bar of bars) {
    const own = byComm.get(bar.comm);
    if (own) own.push(bar);
    else byComm.set(bar.comm, [bar]);
  }
  return new Map([...byComm].map(([comm, own]) => [comm, packCommLanes(comm, own)]));
};

/** `bars` by start. */
const packCommLanes = (comm: string, bars: readonly Lifespan[]): LifespanLane[] => {
  const lanes: LifespanLane[] = [];
  const taken = new LaneAllocator();
  /** By place in `bars`; -1 before a bar has begun. */
  const laneOf = new Int32Array(bars.length).fill(-1);
  const ending: number[] = [];
  for (let place = 0; place < bars.length; place++) if (bars[place]?.toNs !== undefined) ending.push(place);
  const endOf = (place: number) => bars[place]?.toNs as bigint;
  ending.sort((a, b) => (endOf(a) < endOf(b) ? -1 : endOf(a) > endOf(b) ? 1 : 0));
  let ended = 0;
  for (let place = 0; place < bars.length; place++) {
    const bar = bars[place] as Lifespan;
    for (let next = ending[ended]; next !== undefined && endOf(next) <= bar.fromNs; next = ending[++ended]) {
      const lane = laneOf[next] as number;
      if (lane >= 0) taken.release(lane, endOf(next));
    }
    const lane = taken.allocate(bar.fromNs);
    laneOf[place] = lane;
    const own = lanes[lane];
    if (own) own.lifespans.push(bar);
    else lanes[lane] = { comm, lifespans: [bar] };
  }
  return lanes;
};
