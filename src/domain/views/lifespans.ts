import { compareValues } from '../../util/compare.ts';
import { type ExitedEvent, isProbeEvent, type ProbeEvent, zombieSinceNs } from '../events/event.ts';
import { isFailure } from '../events/exit-status.ts';
import { type ProcessId, processKey } from '../events/process-id.ts';
import type { CompiledFilter } from '../filter/filter.ts';
import { matchesRecord } from '../filter/stream-filter.ts';
import { ProcessSubject } from '../filter/subject.ts';
import type { Guest } from '../processes/guest.ts';
import type { ProcessOrigin } from '../processes/process-origin.ts';
import { ageNs, type ProcessEntry, reapedAfterNs } from '../processes/process-table.ts';
import type { LogEntry, SystemState } from '../processes/system-state.ts';

/** The lifespan of one process, drawn as a bar. Times are CLOCK_MONOTONIC ns. */
export type Lifespan = ProcessId & {
  comm: string;
  fromNs: bigint;
  /** Whether `fromNs` is the spawn time. Otherwise the process spawned earlier. */
  startKnown: boolean;
  /** Undefined while it is alive. */
  toNs: bigint | undefined;
  /** When it became a zombie, as far as that is known. */
  zombieSinceNs: bigint | undefined;
  /** Whether it exited with a signal or a nonzero status. */
  failed: boolean;
};

/** The lifespans within a time window that ends now. */
export type Lifespans = {
  /** By start; the latest `maxLifespans`. */
  lifespans: readonly Lifespan[];
  /** Processes that are alive since before the window. They have no lifespan, because they are not churn. */
  aliveThroughout: number;
  /** Earlier lifespans, beyond `maxLifespans`. */
  omitted: number;
  /** From this time on the lifespans are complete, except for missed ones. */
  completeSinceNs: bigint;
};

export const maxLifespans = 4_096;

/** The time window of a timeline. Lanes are packed over more than is shown, so exits are collected from earlier on. */
export type TimelineWindow = { sinceNs: bigint; exitsSinceNs: bigint };

/** Collects the lifespans that overlap the window and match the filter. */
export const collectLifespans = (
  state: SystemState,
  { sinceNs, exitsSinceNs }: TimelineWindow,
  filter: CompiledFilter,
): Lifespans => {
  const { log, table, guest, nowNs } = state;
  const matchesAll = filter.fieldNames.length === 0;
  const lifespans: Lifespan[] = [];
  const zombieSince = new Map<string, bigint>();
  // Newest first, because the log is in order of arrival and only its end matters.
  for (let index = log.length - 1; index >= 0; index--) {
    const entry = log.at(index) as LogEntry;
    const { record, origin } = entry;
    if (!isProbeEvent(record)) continue;
    if (record.guest_monotonic_ns < exitsSinceNs) break;
    if (record.probe_source === 'process.zombie') zombieSince.set(recordKey(record), zombieSinceNs(record));
    if (record.probe_source !== 'process.exited') continue;
    if (!matchesAll && !matchesRecord(entry, filter, guest)) continue;
    lifespans.push(exitedLifespan(record, origin, exitsSinceNs));
  }
  let aliveThroughout = 0;
  let discoveryNs: bigint | undefined;
  for (const process of table.live()) {
    if (process.initial && (discoveryNs === undefined || process.firstSeenNs < discoveryNs))
      discoveryNs = process.firstSeenNs;
    if (!matchesAll && !filter.matches(new ProcessSubject(process, state))) continue;
    const fromNs = spawnTimeNs(process, nowNs, guest);
    if (fromNs === undefined || fromNs <= sinceNs) aliveThroughout++;
    else lifespans.push(liveLifespan(process, fromNs, sinceNs));
  }
  if (zombieSince.size > 0)
    for (const lifespan of lifespans)
      lifespan.zombieSinceNs = zombieSince.get(processKey(lifespan)) ?? lifespan.zombieSinceNs;
  lifespans.sort((a, b) => compareValues(a.fromNs, b.fromNs) || a.pid - b.pid);
  const omitted = Math.max(0, lifespans.length - maxLifespans);
  return {
    lifespans: lifespans.slice(omitted),
    aliveThroughout,
    omitted,
    completeSinceNs: completeSince(state, discoveryNs),
  };
};

// Each frame creates thousands of lifespans, so they are plain literals without precomputed keys.

const exitedLifespan = (
  record: ExitedEvent,
  origin: ProcessOrigin | undefined,
  exitsSinceNs: bigint,
): Lifespan => {
  const { guest_monotonic_ns: toNs, lifetime_ns, zombie_ns } = record;
  const lifetimeNs = reapedAfterNs(lifetime_ns, zombie_ns);
  return {
    pid: record.guest_pid,
    startTicks: record.start_ticks,
    comm: record.guest_comm,
    fromNs: origin?.spawnedNs ?? (lifetimeNs === undefined ? exitsSinceNs : toNs - lifetimeNs),
    startKnown: origin?.spawnedNs !== undefined || lifetimeNs !== undefined,
    toNs,
    zombieSinceNs: zombie_ns === undefined ? undefined : toNs - zombie_ns,
    failed: isFailure(record),
  };
};

const liveLifespan = (
  { pid, startTicks, comm, zombie, zombieSinceNs }: ProcessEntry,
  fromNs: bigint,
  sinceNs: bigint,
) => ({
  pid,
  startTicks,
  comm,
  fromNs,
  startKnown: true,
  toNs: undefined,
  zombieSinceNs: zombie ? (zombieSinceNs ?? sinceNs) : undefined,
  failed: false,
});

const spawnTimeNs = (process: ProcessEntry, nowNs: bigint, { bootOffsetNs }: Guest): bigint | undefined => {
  if (!process.initial) return process.firstSeenNs;
  const age = ageNs(process, nowNs, bootOffsetNs);
  return age === undefined ? undefined : nowNs - age;
};

const recordKey = ({ guest_pid: pid, start_ticks: startTicks }: ProbeEvent): string =>
  processKey({ pid, startTicks });

const completeSince = ({ log }: SystemState, discoveryNs = 0n): bigint => {
  if (log.dropped === 0) return discoveryNs;
  for (const { record } of log) if (isProbeEvent(record)) return record.guest_monotonic_ns;
  return discoveryNs;
};
