import { type ExitedEvent, isProbeEvent, type ProbeEvent } from '../events/event.ts';
import { type Identity, keyOf } from '../events/process-id.ts';
import type { Accepts } from '../filter/filter.ts';
import { passes } from '../filter/stream-filter.ts';
import { RowSubject } from '../filter/subject.ts';
import type { Kin } from '../processes/ancestry.ts';
import type { Guest } from '../processes/guest.ts';
import { ageNs, type LiveProcess } from '../processes/process-table.ts';
import type { LogEntry, World } from '../processes/system-state.ts';
import { Lanes } from './lane-allocator.ts';

/** One life, as a bar over time is drawn from it. Times are CLOCK_MONOTONIC ns. */
export type LifeBar = Identity & {
  comm: string;
  fromNs: bigint;
  /** Its birth was seen, or stands in its start ticks. */
  born: boolean;
  /** Undefined while it lives. */
  toNs: bigint | undefined;
  /** Since when it is unreaped, as far as that was seen. */
  zombieNs: bigint | undefined;
  /** Seen to end with a signal or a status other than 0. */
  failed: boolean;
};

/** What a stretch of time that ends now held. */
export type Lives = {
  /** By start; no more than `mostBars`, the ones that began last. */
  bars: readonly LifeBar[];
  /** Alive from before the stretch until now: no churn, so no bar. */
  throughout: number;
  /** Left out, as they began before those. */
  untold: number;
  /** From when on every end that was seen is known: before it, time without a bar says nothing. */
  knownNs: bigint;
};

export const mostBars = 4_096;

/** The stretch that is shown, and how far back lives that ended are told: lanes are dealt over more than is shown. */
export type Stretch = { sinceNs: bigint; reachNs: bigint };

/** The lives of which a part lies in the stretch, each once, as far as the filter lets them through. */
export const livesSince = (world: World, { sinceNs, reachNs }: Stretch, filter: Accepts): Lives => {
  const { log, table, ancestry, guest, nowNs } = world;
  const all = filter.facts.length === 0;
  const bars: LifeBar[] = [];
  const zombies = new Map<string, bigint>();
  // Log entries are in the order in which they came in, so the newest tell when to stop.
  for (let index = log.length - 1; index >= 0; index--) {
    const { record, kin } = log.at(index) as LogEntry;
    if (!isProbeEvent(record)) continue;
    if (record.guest_monotonic_ns < reachNs) break;
    if (record.probe_source === 'process.zombie') zombies.set(keyOfRecord(record), record.guest_monotonic_ns);
    if (record.probe_source !== 'process.exited' || !(all || passes(record, kin, filter, guest))) continue;
    bars.push(endedBar(record, kin, reachNs));
  }
  let throughout = 0;
  let foundNs: bigint | undefined;
  for (const process of table.live()) {
    if (process.initial && (foundNs === undefined || process.seenNs < foundNs)) foundNs = process.seenNs;
    if (!all && !filter.matches(new RowSubject(process, ancestry, guest, nowNs))) continue;
    const fromNs = bornAt(process, nowNs, guest);
    if (fromNs === undefined || fromNs <= sinceNs) throughout++;
    else bars.push(livingBar(process, fromNs, sinceNs));
  }
  if (zombies.size > 0) for (const bar of bars) bar.zombieNs = zombies.get(keyOf(bar)) ?? bar.zombieNs;
  bars.sort((a, b) => (a.fromNs < b.fromNs ? -1 : a.fromNs > b.fromNs ? 1 : a.pid - b.pid));
  const untold = Math.max(0, bars.length - mostBars);
  return { bars: bars.slice(untold), throughout, untold, knownNs: knownSince(world, foundNs) };
};

// Thousands of bars are made a frame: plain literals, and no keys before someone asks for them.

const endedBar = (record: ExitedEvent, kin: Kin | undefined, reachNs: bigint): LifeBar => {
  const { guest_monotonic_ns: toNs, lifetime_ns: livedNs, exit_code, exit_signal } = record;
  return {
    pid: record.guest_pid,
    startTicks: record.start_ticks,
    comm: record.guest_comm,
    fromNs: kin?.seenNs ?? (livedNs === undefined ? reachNs : toNs - livedNs),
    born: kin?.seenNs !== undefined || livedNs !== undefined,
    toNs,
    zombieNs: undefined,
    failed: (exit_code ?? 0) !== 0 || exit_signal !== undefined,
  };
};

const livingBar = ({ pid, startTicks, comm, zombie }: LiveProcess, fromNs: bigint, sinceNs: bigint) => ({
  pid,
  startTicks,
  comm,
  fromNs,
  born: true,
  toNs: undefined,
  zombieNs: zombie ? sinceNs : undefined,
  failed: false,
});

const bornAt = (process: LiveProcess, nowNs: bigint, { bootOffsetNs }: Guest): bigint | undefined => {
  if (!process.initial) return process.seenNs;
  const age = ageNs(process, nowNs, bootOffsetNs);
  return age === undefined ? undefined : nowNs - age;
};

const keyOfRecord = ({ guest_pid: pid, start_ticks: startTicks }: ProbeEvent): string =>
  keyOf({ pid, startTicks });

const knownSince = ({ log }: World, foundNs = 0n): bigint => {
  if (log.dropped === 0) return foundNs;
  for (const { record } of log) if (isProbeEvent(record)) return record.guest_monotonic_ns;
  return foundNs;
};

/** Lives of one comm that follow each other. */
export type LifeLane = { comm: string; bars: LifeBar[] };

/** Of each comm as many lanes as were alive at once, oldest lives first; comms in the order of their first life. */
export const lanesOf = (bars: readonly LifeBar[]): Map<string, LifeLane[]> => {
  const byComm = new Map<string, LifeBar[]>();
  for (const bar of bars) {
    const own = byComm.get(bar.comm);
    if (own) own.push(bar);
    else byComm.set(bar.comm, [bar]);
  }
  return new Map([...byComm].map(([comm, own]) => [comm, packed(comm, own)]));
};

/** `bars` by start. */
const packed = (comm: string, bars: readonly LifeBar[]): LifeLane[] => {
  const lanes: LifeLane[] = [];
  const taken = new Lanes();
  /** By place in `bars`; -1 before a bar has begun. */
  const laneOf = new Int32Array(bars.length).fill(-1);
  const ending: number[] = [];
  for (let place = 0; place < bars.length; place++) if (bars[place]?.toNs !== undefined) ending.push(place);
  const endOf = (place: number) => bars[place]?.toNs as bigint;
  ending.sort((a, b) => (endOf(a) < endOf(b) ? -1 : endOf(a) > endOf(b) ? 1 : 0));
  let ended = 0;
  for (let place = 0; place < bars.length; place++) {
    const bar = bars[place] as LifeBar;
    for (let next = ending[ended]; next !== undefined && endOf(next) <= bar.fromNs; next = ending[++ended]) {
      const lane = laneOf[next] as number;
      if (lane >= 0) taken.release(lane, endOf(next));
    }
    const lane = taken.take(bar.fromNs);
    laneOf[place] = lane;
    const own = lanes[lane];
    if (own) own.bars.push(bar);
    else lanes[lane] = { comm, bars: [bar] };
  }
  return lanes;
};
