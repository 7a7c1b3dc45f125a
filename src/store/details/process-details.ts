import { type CgroupPlace, placeOf } from '../../domain/cgroups/place.ts';
import { describeContainers, describePod, describeUnit } from '../../domain/cgroups/place-text.ts';
import { nameText, quoteArgument } from '../../domain/commands/command-text.ts';
import { isProbeEvent, type ProbeEvent } from '../../domain/events/event.ts';
import { describeExitStatus, isStatusKnown } from '../../domain/events/exit-status.ts';
import { type ProcessId, parseProcessKey, processKey } from '../../domain/events/process-id.ts';
import { countExits } from '../../domain/processes/exit-groups.ts';
import { type ProcessOrigin, startedBefore } from '../../domain/processes/process-origin.ts';
import { ageNs, type ProcessEntry } from '../../domain/processes/process-table.ts';
import type { ProcessUsage } from '../../domain/processes/process-usage.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import type { ProcessDetails, SourceInfo } from '../../domain/source/event-source.ts';
import { wallTimeNs } from '../../domain/source/wall-clock.ts';
import { formatCount, formatDuration, groupDigits, livedText } from '../../util/format.ts';
import { clockTickNs, formatRfc3339 } from '../../util/time.ts';
import { stateText, usageText } from '../views/process-state.ts';
import { ancestorText } from './ancestor-text.ts';

/** A labeled line of the details. `bars` are drawn as a sparkline between `text` and `suffix`. */
export type DetailField = { label: string; text: string; bars?: readonly number[]; suffix?: string };

/** The known data of one process. */
export type ProcessInfo = {
  system: SystemState;
  info: SourceInfo;
  userName: (uid: number) => string;
  processId: ProcessId;
  /** Undefined once the process has exited and left the table. */
  process: ProcessEntry | undefined;
  origin: ProcessOrigin | undefined;
  /** The retained events of the process, oldest first. */
  records: readonly ProbeEvent[];
  /** Command line and cgroup as last read; undefined if the source cannot read them. */
  details: ProcessDetails | undefined;
  /** What it uses, as last read. */
  usage: ProcessUsage | undefined;
};

type Lookup = Pick<ProcessInfo, 'system' | 'info' | 'userName' | 'details'>;

/** Returns what is known of the process with this key; undefined if it is not the key of a process. */
export const findProcessInfo = (key: string, lookup: Lookup): ProcessInfo | undefined => {
  const processId = parseProcessKey(key);
  if (!processId) return undefined;
  const { system } = lookup;
  const live = system.table.get(processId.pid);
  const isSame = (other: ProcessEntry) =>
    other.pid === processId.pid && other.startTicks === processId.startTicks;
  const process = live && isSame(live) ? live : system.table.recentlyExited().findLast(isSame);
  const records = [...entriesOfProcess(system, processId)].map(({ record }) => record).filter(isProbeEvent);
  return {
    ...lookup,
    processId,
    process,
    origin: system.ancestry.find(processId),
    records,
    usage: system.usage.get(processId),
  };
};

/** Yields the retained log entries of one process, oldest first. */
export const entriesOfProcess = function* (
  { log }: SystemState,
  { pid, startTicks }: ProcessId,
): Generator<LogEntry> {
  for (const entry of log) {
    const { record } = entry;
    if (isProbeEvent(record) && record.guest_pid === pid && record.start_ticks === startTicks) yield entry;
  }
};

/** The fields in order of importance, because a small screen cuts the last ones. Unknown fields are left out. */
const fields: readonly { label: string; text: (process: ProcessInfo) => string | undefined }[] = [
  { label: 'command', text: (process) => commandLineText(process) },
  { label: 'state', text: (process) => stateText({ ...process, state: process.usage?.state }) },
  { label: 'uses', text: (process) => usageText(process) },
  { label: 'exited', text: (process) => exitedText(process) },
  { label: 'exit status', text: (process) => exitStatusText(process) },
  { label: 'spawned by', text: (process) => ancestorText(process) },
  { label: 'children', text: (process) => childrenText(process) },
  {
    label: 'user',
    text: ({ process, origin, userName }) => {
      const uid = process?.uid ?? origin?.uid;
      return uid === undefined ? undefined : userText(userName(uid), uid);
    },
  },
  { label: 'started', text: (process) => startedText(process) },
  { label: 'monotonic', text: (process) => monotonicText(process) },
  {
    label: 'names',
    text: ({ origin }) =>
      origin && origin.nameHistory.names.length > 1
        ? origin.nameHistory.names.map(nameText).join(' → ')
        : undefined,
  },
  { label: 'unit', text: (process) => placeText(process, (place) => describeUnit(place, process.userName)) },
  { label: 'container', text: (process) => placeText(process, describeContainers) },
  { label: 'pod', text: (process) => placeText(process, describePod) },
  { label: 'slice', text: (process) => placeText(process, ({ slice }) => slice) },
  { label: 'cgroup', text: (process) => cgroupOf(process) },
];

/** Returns the detail fields of a process. */
export const processDetailFields = (process: ProcessInfo): DetailField[] =>
  fields.flatMap(({ label, text }) => {
    const value = text(process);
    return value === undefined || value === '' ? [] : [{ label, text: value }];
  });

const userText = (name: string, uid: number) => (name === String(uid) ? name : `${name} (${uid})`);

/** Returns `2026-11-24 13:02:03.456 UTC`. */
const wallTime = (monotonicNs: bigint, info: SourceInfo): string =>
  `${formatRfc3339(wallTimeNs(info, monotonicNs)).slice(0, 23).replace('T', ' ')} UTC`;

/** Returns `123.456789012 s`. */
const monotonicTime = (monotonicNs: bigint): string =>
  `${monotonicNs / 1_000_000_000n}.${String(monotonicNs % 1_000_000_000n).padStart(9, '0')} s`;

/**
 * Returns the start time and its uncertainty. A spawn is up to one sampling interval earlier than its record; the start of
 * an initial process is known to the clock tick.
 */
const startOf = ({ process, origin, records, processId, info }: ProcessInfo) => {
  const spawn = records.find((record) => record.probe_source === 'process.spawned');
  const spawnedNs =
    spawn?.guest_monotonic_ns ?? origin?.spawnedNs ?? (process?.initial ? undefined : process?.firstSeenNs);
  if (spawnedNs !== undefined) {
    const windowNs = spawn?.window_ns;
    const uncertainty = windowNs === undefined ? '' : `, at most ${formatDuration(windowNs)} earlier`;
    return { startNs: spawnedNs, uncertainty };
  }
  if (processId.startTicks === undefined) return undefined;
  const startNs = BigInt(processId.startTicks) * clockTickNs - info.bootOffsetNs;
  const uncertainty = `, at most ${formatDuration(clockTickNs)} later`;
  return startNs < 0n ? undefined : { startNs, uncertainty };
};

const startedText = (known: ProcessInfo): string | undefined => {
  const { process, system, info } = known;
  const start = startOf(known);
  const age =
    process && process.exitedNs === undefined ? ageNs(process, system.nowNs, info.bootOffsetNs) : undefined;
  return start && wallTime(start.startNs, info) + (age === undefined ? '' : `, ${formatDuration(age)} ago`);
};

const monotonicText = (known: ProcessInfo): string | undefined => {
  const start = startOf(known);
  return start && monotonicTime(start.startNs) + start.uncertainty;
};

const exitedText = ({ records, info, process }: ProcessInfo): string | undefined => {
  const exit = records.findLast((record) => record.probe_source === 'process.exited');
  const exitedNs = exit?.guest_monotonic_ns ?? process?.exitedNs;
  if (exitedNs === undefined) return undefined;
  const lifetimeNs = exit?.lifetime_ns ?? process?.lifetimeNs;
  const zombieNs = exit?.zombie_ns ?? process?.zombieNs;
  const isUnknown = lifetimeNs === undefined && zombieNs === undefined;
  return wallTime(exitedNs, info) + (isUnknown ? '' : `, ${livedText(lifetimeNs, zombieNs)}`);
};

/** Returns the exit status of a zombie or of an exited process, or why it is unknown; undefined for other processes. */
const exitStatusText = ({ process, records }: ProcessInfo): string | undefined => {
  const exit = records.findLast((record) => record.probe_source === 'process.exited');
  const zombie = records.findLast((record) => record.probe_source === 'process.zombie');
  const status = exit ?? zombie ?? process?.exitStatus ?? {};
  if (isStatusKnown(status)) return describeExitStatus(status);
  if (exit ? exit.zombie_ns !== undefined : (zombie ?? process?.zombie))
    return 'unknown: this user may not read it';
  if (!exit) return process?.exitedNs === undefined ? undefined : 'unknown';
  // Only records of a sampler of /proc have a window.
  return exit.window_ns === undefined ? 'unknown' : 'unknown: reaped before it was read as a zombie';
};

/** More NULs than this come from a program that set its title, and not from empty arguments. */
const maxPlausibleEmptyArgs = 16;

/** Returns the command line, quoted for a shell: as last read, or else as recorded. */
const commandLineText = ({ details, records, origin }: ProcessInfo): string | undefined => {
  const isRead = (record: ProbeEvent) =>
    'args' in record || ('unread' in record && record.unread?.includes('args'));
  const record = records.findLast(isRead);
  const recorded =
    record?.probe_source === 'process.spawned' || record?.probe_source === 'process.exec'
      ? record
      : undefined;
  const args = details?.args ?? recorded?.args ?? origin?.nameHistory.args;
  const truncated = details?.args ? details.argsTruncated : recorded?.args_cut;
  const nuls = details?.args ? details.argsNuls : recorded?.args_nuls;
  const unread = details?.unread ?? (recorded?.unread?.includes('args') ? 'not read in time' : undefined);
  const note = unread === undefined ? '' : `cannot be read: ${unread}`;
  if (!args || args.length === 0) return note;
  const quoted = args.map(quoteArgument);
  return [
    quoted.join(' ') + (truncated ? ' …' : ''),
    nuls !== undefined && nuls <= maxPlausibleEmptyArgs
      ? ` (and possibly ${formatCount(nuls, 'empty argument')})`
      : '',
    note && ` (now ${note})`,
  ].join('');
};

const cgroupOf = ({ details, origin }: ProcessInfo): string | undefined => details?.cgroup ?? origin?.cgroup;

/** Describes the place of a process; undefined if its cgroup is not known. */
const placeText = (process: ProcessInfo, describe: (place: CgroupPlace) => string | undefined) => {
  const cgroup = cgroupOf(process);
  return cgroup === undefined ? undefined : describe(placeOf(cgroup));
};

/** Returns the number of live children, of the zombies among them, and of exited ones by comm. */
const childrenText = ({ processId, process, system }: ProcessInfo): string | undefined => {
  if (!process || process.exitedNs !== undefined) return undefined;
  let [alive, zombies] = [0, 0];
  for (const other of system.table.live()) {
    if (other.ppid !== processId.pid || !startedBefore(process, other)) continue;
    alive++;
    if (other.zombie) zombies++;
  }
  const exitGroups = system.exitHistory.get(processKey(processId));
  const exited = countExits(exitGroups);
  if (alive + exited === 0) return undefined;
  const byCount = [...(exitGroups?.byComm.values() ?? [])].toSorted((a, b) => b.count - a.count);
  const names = byCount.map(({ comm, count }) => `${nameText(comm)} ×${groupDigits(count)}`).join(', ');
  const unreaped = zombies > 0 ? `, including ${formatCount(zombies, 'zombie')}` : '';
  return `${groupDigits(alive)} alive${unreaped}, ${groupDigits(exited)} exited${names && `: ${names}`}`;
};
