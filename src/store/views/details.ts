import { isProbeEvent, type ProbeEvent } from '../../domain/events/event.ts';
import { type ProcessId, parseProcessKey, processKey } from '../../domain/events/process-id.ts';
import { type ProcessOrigin, startedBefore } from '../../domain/processes/ancestry.ts';
import { countExits } from '../../domain/processes/exit-history.ts';
import { ageNs, type ProcessEntry } from '../../domain/processes/process-table.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import type { ProcessDetails, SourceInfo } from '../../domain/source/event-source.ts';
import { formatCount, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { formatRfc3339 } from '../../util/time.ts';
import type { ChurnTableRow } from './churn-columns.ts';

/** What is said of one process or name: a word, and what there is to say; `bars` are drawn between the two texts. */
export type Detail = { label: string; text: string; bars?: readonly number[]; suffix?: string };

/** All that is known of one process: what it was asked for, and what is remembered of it. */
export type ProcessInfo = {
  system: SystemState;
  info: SourceInfo;
  userName: (uid: number) => string;
  identity: ProcessId;
  /** While it lives, and shortly after. */
  process: ProcessEntry | undefined;
  kin: ProcessOrigin | undefined;
  /** Its own records that are held, oldest first. */
  records: readonly ProbeEvent[];
  /** Read now; undefined where it cannot be asked. */
  facts: ProcessDetails | undefined;
  /** The kernel's state letter, as last read. */
  state: string | undefined;
};

type ProcessInfoInput = Pick<ProcessInfo, 'system' | 'info' | 'userName' | 'facts' | 'state'>;

/** What is known of the process of this key; undefined where the key is none of a process. */
export const findProcessInfo = (key: string, asked: ProcessInfoInput): ProcessInfo | undefined => {
  const identity = parseProcessKey(key);
  if (!identity) return undefined;
  const { system } = asked;
  const live = system.table.get(identity.pid);
  const isIt = (other: ProcessEntry) =>
    other.pid === identity.pid && other.startTicks === identity.startTicks;
  const process = live && isIt(live) ? live : system.table.recentlyExited().findLast(isIt);
  const records = [...entriesOfProcess(system, identity)].map(({ record }) => record).filter(isProbeEvent);
  return { ...asked, identity, process, kin: system.ancestry.find(identity), records };
};

/** Log entries of one process that are held, oldest first. */
export const entriesOfProcess = function* (
  { log }: SystemState,
  { pid, startTicks }: ProcessId,
): Generator<LogEntry> {
  for (const entry of log) {
    const { record } = entry;
    if (isProbeEvent(record) && record.guest_pid === pid && record.start_ticks === startTicks) yield entry;
  }
};

/** Log entries of processes that ever bore this name. */
export const entriesOfComm = function* ({ log }: SystemState, comm: string): Generator<LogEntry> {
  for (const entry of log) {
    if (isProbeEvent(entry.record) && entry.origin?.nameHistory.names.includes(comm)) yield entry;
  }
};

/** What is said of a process, what one looks for first; what is not known is left out. A small screen cuts the end. */
const detailFields: readonly { label: string; text: (known: ProcessInfo) => string | undefined }[] = [
  { label: 'command', text: (known) => commandText(known) },
  { label: 'state', text: (known) => stateText(known) },
  { label: 'ended', text: (known) => exitedText(known) },
  { label: 'spawned by', text: (known) => ancestorText(known) },
  { label: 'children', text: (known) => childrenText(known) },
  {
    label: 'user',
    text: ({ process, kin, userName }) => {
      const uid = process?.uid ?? kin?.uid;
      return uid === undefined ? undefined : userText(userName(uid), uid);
    },
  },
  { label: 'started', text: (known) => startedText(known) },
  { label: 'monotonic', text: (known) => monotonicText(known) },
  {
    label: 'names',
    text: ({ kin }) =>
      kin && kin.nameHistory.names.length > 1 ? kin.nameHistory.names.join(' → ') : undefined,
  },
  {
    label: 'runs in',
    text: (known) => {
      const cgroup = cgroupOf(known);
      return cgroup === undefined ? undefined : containerOrUnitOf(cgroup);
    },
  },
  { label: 'cgroup', text: (known) => cgroupOf(known) },
];

export const processDetails = (known: ProcessInfo): Detail[] =>
  detailFields.flatMap(({ label, text }) => {
    const said = text(known);
    return said === undefined || said === '' ? [] : [{ label, text: said }];
  });

const userText = (name: string, uid: number) => (name === String(uid) ? name : `${name} (${uid})`);

/** `2026-11-24 13:02:03.456 UTC`. */
const wallTime = (monotonicNs: bigint, { wallOffsetNs }: SourceInfo): string =>
  `${formatRfc3339(monotonicNs + wallOffsetNs)
    .slice(0, 23)
    .replace('T', ' ')} UTC`;

/** `123.456789012 s`. */
const monotonicTime = (monotonicNs: bigint): string =>
  `${monotonicNs / 1_000_000_000n}.${String(monotonicNs % 1_000_000_000n).padStart(9, '0')} s`;

const clockTickNs = 10_000_000n;

/** When it began, and how far off that may be: a birth lies in the look before it was seen, one found alive in its clock tick. */
const startOf = ({ process, kin, records, identity, info }: ProcessInfo) => {
  const birth = records.find((record) => record.probe_source === 'process.spawned');
  const seenNs =
    birth?.guest_monotonic_ns ?? kin?.spawnedNs ?? (process?.initial ? undefined : process?.firstSeenNs);
  if (seenNs !== undefined) {
    const window = birth?.window_ns;
    return { atNs: seenNs, off: window === undefined ? '' : `, at most ${formatDuration(window)} earlier` };
  }
  if (identity.startTicks === undefined) return undefined;
  const atNs = BigInt(identity.startTicks) * clockTickNs - info.bootOffsetNs;
  return atNs < 0n ? undefined : { atNs, off: `, at most ${formatDuration(clockTickNs)} later` };
};

const startedText = (known: ProcessInfo): string | undefined => {
  const { process, system, info } = known;
  const birth = startOf(known);
  const age =
    process && process.exitedNs === undefined ? ageNs(process, system.nowNs, info.bootOffsetNs) : undefined;
  return birth && wallTime(birth.atNs, info) + (age === undefined ? '' : `, ${formatDuration(age)} ago`);
};

const monotonicText = (known: ProcessInfo): string | undefined => {
  const birth = startOf(known);
  return birth && monotonicTime(birth.atNs) + birth.off;
};

const exitedText = ({ records, info, process }: ProcessInfo): string | undefined => {
  const end = records.findLast((record) => record.probe_source === 'process.exited');
  const endedNs = end?.guest_monotonic_ns ?? process?.exitedNs;
  if (endedNs === undefined) return undefined;
  const lifetimeNs = end?.lifetime_ns ?? process?.lifetimeNs;
  const code = end?.exit_code ?? process?.exitCode;
  const signal = end?.exit_signal ?? process?.exitSignal;
  return [
    wallTime(endedNs, info),
    lifetimeNs === undefined ? '' : `lived ${formatDuration(lifetimeNs)}`,
    code === undefined ? '' : `exit code ${code}`,
    signal === undefined ? '' : `signal ${signal}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
};

/** proc_pid_stat(5). */
const stateNames: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'waiting for the disk or the like, cannot be interrupted',
  Z: 'zombie',
  T: 'stopped by a signal',
  t: 'stopped by a tracer',
  I: 'idle',
  X: 'dead',
};

const stateText = ({ process, kin, state, system }: ProcessInfo): string | undefined => {
  if (!process || process.exitedNs !== undefined) return undefined;
  if (process.zombie) {
    const parent = kin && system.nearestLivingAncestor(kin).ancestor;
    return `Z zombie: ended, not reaped${parent ? ` by ${parent.comm} ${parent.pid}` : ''}`;
  }
  return state === undefined || state === ' ' ? undefined : `${state} ${stateNames[state] ?? ''}`.trimEnd();
};

/** From its spawner up, as they were at its birth; those that have ended since are said to. */
const ancestorText = ({ process, kin, system }: ProcessInfo): string | undefined => {
  const child = kin ?? process;
  const line = kin?.ancestors ?? (process?.ppid ? [process.ppid] : []);
  if (!child || line.length === 0) return undefined;
  return line
    .map((pid) => {
      const live = system.table.get(pid);
      if (live && startedBefore(live, child)) return `${live.comm} ${pid}`;
      return `${system.ancestry.findExited(pid, child)?.nameHistory.names.at(-1) ?? '?'} ${pid} (ended)`;
    })
    .join(' ← ');
};

const shellSafe = /^[\w@%+=:,./-]+$/;

/** As one would type it: what it shows now, else what was recorded of it. */
const commandText = ({ facts, records }: ProcessInfo): string | undefined => {
  const told = records.findLast((record) => 'args' in record);
  const recorded = told && 'args' in told ? told : undefined;
  const args = facts?.args ?? recorded?.args;
  const isCut = facts?.args ? facts.argsTruncated : recorded?.args_cut;
  if (!args || args.length === 0) return undefined;
  const typed = args.map((arg) => (shellSafe.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`));
  return typed.join(' ') + (isCut ? ' …' : '');
};

const cgroupOf = ({ facts, kin }: ProcessInfo): string | undefined => facts?.cgroup ?? kin?.cgroup;

const childrenText = ({ identity, process, system }: ProcessInfo): string | undefined => {
  if (!process || process.exitedNs !== undefined) return undefined;
  let alive = 0;
  for (const other of system.table.live())
    if (other.ppid === identity.pid && startedBefore(process, other)) alive++;
  const brood = system.exitHistory.get(processKey(identity));
  const all = countExits(brood);
  if (alive + all === 0) return undefined;
  const kinds = [...(brood?.byComm.values() ?? [])].toSorted((a, b) => b.count - a.count);
  const names = kinds.map(({ comm, count }) => `${comm} ×${groupDigits(count)}`).join(', ');
  return `${groupDigits(alive)} alive, ${groupDigits(all)} ended${names && `: ${names}`}`;
};

/** What is said of all that bore one name. */
export const commDetails = ({ summary, loop }: ChurnTableRow, retainedOnly: boolean): Detail[] => {
  const { spawns, rate, peakRate, alive, zombies, lifetimes, topName } = summary;
  const { count, min, p50, p95, max, histogram } = lifetimes;
  const since = retainedOnly ? ' among the events held' : '';
  const lived =
    count === 1
      ? formatDuration(min)
      : `half under ${formatDuration(p50)}, 95% under ${formatDuration(p95)}, from ${formatDuration(min)} to ${formatDuration(max)}`;
  return [
    {
      label: 'spawned',
      text: `${groupDigits(spawns)}${since}, ${formatRate(rate)}/s now, ${groupDigits(peakRate)} in the busiest second`,
    },
    {
      label: 'alive',
      text: `${groupDigits(alive)}${zombies > 0 ? `, of them ${formatCount(zombies, 'zombie')}` : ''}`,
    },
    ...(count > 0
      ? [
          { label: 'lived', text: lived },
          { label: '', text: 'under 1ms ', bars: histogram, suffix: ' over 1m40s' },
        ]
      : []),
    ...(topName ? [{ label: 'mostly by', text: `${topName.name} (${groupDigits(topName.count)})` }] : []),
    ...(loop
      ? [
          {
            label: 'restarts',
            text: `${groupDigits(loop.count)} young lives in a row, each ${formatDuration(BigInt(Math.round(loop.periodNs)))}, under ${loop.lineage.map(({ comm, pid }) => `${comm} ${pid}`).join(' ← ') || '?'}`,
          },
        ]
      : []),
  ];
};

/** Runtimes name a container by 64 hexadecimal digits; people by the first twelve. */
const containerId = /(?:^|[/:-])([0-9a-f]{12})[0-9a-f]{52}(?:\.scope)?(?:\/|$)/;
const lxcName = /\/(?:lxc\.payload\.|lxc\/|machine\/)([^/]+)/;
const systemdUnit = /\/([^/]+\.(?:service|scope))(?:\/|$)/g;

/** What a cgroup path says of where a process runs: a container, else the innermost unit of the service manager. */
export const containerOrUnitOf = (cgroup: string): string | undefined => {
  const [, container = lxcName.exec(cgroup)?.[1]] = containerId.exec(cgroup) ?? [];
  if (container !== undefined) return `container ${container}`;
  return [...cgroup.matchAll(systemdUnit)].at(-1)?.[1];
};
