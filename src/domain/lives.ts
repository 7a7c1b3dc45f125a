import { isProbeEvent } from './event.ts';
import type { Accepts } from './filter/filter.ts';
import { passes } from './filter/judge.ts';
import { RowSubject } from './filter/subjects.ts';
import { keyOf } from './identity.ts';
import { Lanes } from './lanes.ts';
import { ageNs } from './live-table.ts';
import type { World } from './world.ts';

/** One life, as a bar over time is drawn from it. Times are CLOCK_MONOTONIC ns. */
export type LifeBar = {
  key: string;
  pid: number;
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

const none = { zombieNs: undefined, failed: false };

/** The stretch that is shown, and how far back lives that ended are told: lanes are dealt over more than is shown. */
export type Stretch = { sinceNs: bigint; reachNs: bigint };

/** The lives of which a part lies in the stretch, each once, as far as the filter lets them through. */
export const livesSince = (world: World, { sinceNs, reachNs }: Stretch, filter: Accepts): Lives => {
  const { table, ancestry, guest, nowNs } = world;
  const bars: LifeBar[] = [];
  const zombies = new Map<string, bigint>();
  for (const { record, kin } of entriesSince(world, reachNs)) {
    if (!isProbeEvent(record)) continue;
    const key = keyOf({ pid: record.guest_pid, startTicks: record.start_ticks });
    if (record.probe_source === 'process.zombie') zombies.set(key, record.guest_monotonic_ns);
    if (record.probe_source !== 'process.exited' || !passes(record, kin, filter, guest)) continue;
    const { guest_monotonic_ns: toNs, lifetime_ns: livedNs, exit_code, exit_signal } = record;
    bars.push({
      ...none,
      key,
      pid: record.guest_pid,
      comm: record.guest_comm,
      fromNs: kin?.seenNs ?? (livedNs === undefined ? reachNs : toNs - livedNs),
      born: kin?.seenNs !== undefined || livedNs !== undefined,
      toNs,
      failed: (exit_code ?? 0) !== 0 || exit_signal !== undefined,
    });
  }
  let throughout = 0;
  let foundNs: bigint | undefined;
  for (const process of table.live()) {
    if (process.initial && (foundNs === undefined || process.seenNs < foundNs)) foundNs = process.seenNs;
    if (!filter.matches(new RowSubject(process, ancestry, guest, nowNs))) continue;
    const age = ageNs(process, nowNs, guest.bootOffsetNs);
    if (age === undefined || nowNs - age <= sinceNs) {
      throughout++;
      continue;
    }
    const key = keyOf(process);
    const { pid, comm, zombie } = process;
    const zombieNs = zombies.get(key) ?? (zombie ? sinceNs : undefined);
    bars.push({ ...none, key, pid, comm, fromNs: nowNs - age, born: true, toNs: undefined, zombieNs });
  }
  for (const bar of bars) bar.zombieNs ??= zombies.get(bar.key);
  bars.sort((a, b) => (a.fromNs < b.fromNs ? -1 : a.fromNs > b.fromNs ? 1 : a.pid - b.pid));
  const untold = Math.max(0, bars.length - mostBars);
  return { bars: bars.slice(untold), throughout, untold, knownNs: knownSince(world, foundNs) };
};

/** Log entries are in the order in which they came in, so the newest tell when to stop. */
const entriesSince = function* ({ log }: World, sinceNs: bigint) {
  for (let index = log.length - 1; index >= 0; index--) {
    const entry = log.at(index);
    if (!entry) return;
    if (isProbeEvent(entry.record) && entry.record.guest_monotonic_ns < sinceNs) return;
    yield entry;
  }
};

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
  const laneOf = new Map<LifeBar, number>();
  const ending = bars.filter(({ toNs }) => toNs !== undefined).sort((a, b) => compareEnds(a, b));
  let ended = 0;
  for (const bar of bars) {
    for (let next = ending[ended]; next && endOf(next) <= bar.fromNs; next = ending[++ended]) {
      const lane = laneOf.get(next);
      if (lane !== undefined) taken.release(lane, endOf(next));
    }
    const lane = taken.take(bar.fromNs);
    laneOf.set(bar, lane);
    const own = lanes[lane];
    if (own) own.bars.push(bar);
    else lanes[lane] = { comm, bars: [bar] };
  }
  return lanes;
};

const endOf = ({ toNs }: LifeBar): bigint => toNs as bigint;
const compareEnds = (a: LifeBar, b: LifeBar) => (endOf(a) < endOf(b) ? -1 : endOf(a) > endOf(b) ? 1 : 0);
