import { isProbeEvent, type ProbeEvent } from '../../domain/events/event.ts';
import { type Identity, identityOf, keyOf } from '../../domain/events/process-id.ts';
import { type Kin, wasThere } from '../../domain/processes/ancestry.ts';
import { endedOf } from '../../domain/processes/exit-history.ts';
import { ageNs, type LiveProcess } from '../../domain/processes/process-table.ts';
import type { LogEntry, World } from '../../domain/processes/system-state.ts';
import type { ProcessFacts, SourceInfo } from '../../domain/source/event-source.ts';
import { counted, grouped, shortDuration, shortRate } from '../../util/format.ts';
import { rfc3339 } from '../../util/time.ts';
import type { ChurnLine } from './churn-columns.ts';

/** What is said of one process or name: a word, and what there is to say; `bars` are drawn between the two texts. */
export type Detail = { label: string; text: string; bars?: readonly number[]; behind?: string };

/** All that is known of one process: what it was asked for, and what is remembered of it. */
export type Known = {
  world: World;
  info: SourceInfo;
  userName: (uid: number) => string;
  identity: Identity;
  /** While it lives, and shortly after. */
  process: LiveProcess | undefined;
  kin: Kin | undefined;
  /** Its own records that are held, oldest first. */
  records: readonly ProbeEvent[];
  /** Read now; undefined where it cannot be asked. */
  facts: ProcessFacts | undefined;
  /** The kernel's state letter, as last read. */
  state: string | undefined;
};

type Asked = Pick<Known, 'world' | 'info' | 'userName' | 'facts' | 'state'>;

/** What is known of the process of this key; undefined where the key is none of a process. */
export const knownOf = (key: string, asked: Asked): Known | undefined => {
  const identity = identityOf(key);
  if (!identity) return undefined;
  const { world } = asked;
  const live = world.table.get(identity.pid);
  const isIt = (other: LiveProcess) => other.pid === identity.pid && other.startTicks === identity.startTicks;
  const process = live && isIt(live) ? live : world.table.ended().findLast(isIt);
  const records = [...entriesOf(world, identity)].map(({ record }) => record).filter(isProbeEvent);
  return { ...asked, identity, process, kin: world.ancestry.find(identity), records };
};

/** Log entries of one process that are held, oldest first. */
export const entriesOf = function* ({ log }: World, { pid, startTicks }: Identity): Generator<LogEntry> {
  for (const entry of log) {
    const { record } = entry;
    if (isProbeEvent(record) && record.guest_pid === pid && record.start_ticks === startTicks) yield entry;
  }
};

/** Log entries of processes that ever bore this name. */
export const entriesNamed = function* ({ log }: World, comm: string): Generator<LogEntry> {
  for (const entry of log) {
    if (isProbeEvent(entry.record) && entry.kin?.life.names.includes(comm)) yield entry;
  }
};

/** What is said of a process, what one looks for first; what is not known is left out. A small screen cuts the end. */
const details: readonly { label: string; text: (known: Known) => string | undefined }[] = [
  { label: 'command', text: (known) => command(known) },
  { label: 'state', text: (known) => stateText(known) },
  { label: 'ended', text: (known) => ended(known) },
  { label: 'spawned by', text: (known) => chain(known) },
  { label: 'children', text: (known) => children(known) },
  {
    label: 'user',
    text: ({ process, kin, userName }) => {
      const uid = process?.uid ?? kin?.uid;
      return uid === undefined ? undefined : named(userName(uid), uid);
    },
  },
  { label: 'started', text: (known) => started(known) },
  { label: 'monotonic', text: (known) => startedOnClock(known) },
  {
    label: 'names',
    text: ({ kin }) => (kin && kin.life.names.length > 1 ? kin.life.names.join(' → ') : undefined),
  },
  {
    label: 'runs in',
    text: (known) => {
      const cgroup = cgroupOf(known);
      return cgroup === undefined ? undefined : placeOf(cgroup);
    },
  },
  { label: 'cgroup', text: (known) => cgroupOf(known) },
];

export const processDetails = (known: Known): Detail[] =>
  details.flatMap(({ label, text }) => {
    const said = text(known);
    return said === undefined || said === '' ? [] : [{ label, text: said }];
  });

const named = (name: string, uid: number) => (name === String(uid) ? name : `${name} (${uid})`);

/** `2026-11-24 13:02:03.456 UTC`. */
const wallTime = (monotonicNs: bigint, { wallOffsetNs }: SourceInfo): string =>
  `${rfc3339(monotonicNs + wallOffsetNs)
    .slice(0, 23)
    .replace('T', ' ')} UTC`;

/** `123.456789012 s`. */
const clockTime = (monotonicNs: bigint): string =>
  `${monotonicNs / 1_000_000_000n}.${String(monotonicNs % 1_000_000_000n).padStart(9, '0')} s`;

const tickNs = 10_000_000n;

/** When it began, and how far off that may be: a birth lies in the look before it was seen, one found alive in its clock tick. */
const birthOf = ({ process, kin, records, identity, info }: Known) => {
  const birth = records.find((record) => record.probe_source === 'process.spawned');
  const seenNs = birth?.guest_monotonic_ns ?? kin?.seenNs ?? (process?.initial ? undefined : process?.seenNs);
  if (seenNs !== undefined) {
    const window = birth?.window_ns;
    return { atNs: seenNs, off: window === undefined ? '' : `, at most ${shortDuration(window)} earlier` };
  }
  if (identity.startTicks === undefined) return undefined;
  const atNs = BigInt(identity.startTicks) * tickNs - info.bootOffsetNs;
  return atNs < 0n ? undefined : { atNs, off: `, at most ${shortDuration(tickNs)} later` };
};

const started = (known: Known): string | undefined => {
  const { process, world, info } = known;
  const birth = birthOf(known);
  const age =
    process && process.endedNs === undefined ? ageNs(process, world.nowNs, info.bootOffsetNs) : undefined;
  return birth && wallTime(birth.atNs, info) + (age === undefined ? '' : `, ${shortDuration(age)} ago`);
};

const startedOnClock = (known: Known): string | undefined => {
  const birth = birthOf(known);
  return birth && clockTime(birth.atNs) + birth.off;
};

const ended = ({ records, info, process }: Known): string | undefined => {
  const end = records.findLast((record) => record.probe_source === 'process.exited');
  const endedNs = end?.guest_monotonic_ns ?? process?.endedNs;
  if (endedNs === undefined) return undefined;
  const lifetimeNs = end?.lifetime_ns ?? process?.lifetimeNs;
  const code = end?.exit_code ?? process?.exitCode;
  const signal = end?.exit_signal ?? process?.exitSignal;
  return [
    wallTime(endedNs, info),
    lifetimeNs === undefined ? '' : `lived ${shortDuration(lifetimeNs)}`,
    code === undefined ? '' : `exit code ${code}`,
    signal === undefined ? '' : `signal ${signal}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
};

/** proc_pid_stat(5). */
const states: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'waiting for the disk or the like, cannot be interrupted',
  Z: 'zombie',
  T: 'stopped by a signal',
  t: 'stopped by a tracer',
  I: 'idle',
  X: 'dead',
};

const stateText = ({ process, kin, state, world }: Known): string | undefined => {
  if (!process || process.endedNs !== undefined) return undefined;
  if (process.zombie) {
    const parent = kin && world.livingAbove(kin).ancestor;
    return `Z zombie: ended, not reaped${parent ? ` by ${parent.comm} ${parent.pid}` : ''}`;
  }
  return state === undefined || state === ' ' ? undefined : `${state} ${states[state] ?? ''}`.trimEnd();
};

/** From its spawner up, as they were at its birth; those that have ended since are said to. */
const chain = ({ process, kin, world }: Known): string | undefined => {
  const child = kin ?? process;
  const line = kin?.line ?? (process?.ppid ? [process.ppid] : []);
  if (!child || line.length === 0) return undefined;
  return line
    .map((pid) => {
      const live = world.table.get(pid);
      if (live && wasThere(live, child)) return `${live.comm} ${pid}`;
      return `${world.ancestry.ended(pid, child)?.life.names.at(-1) ?? '?'} ${pid} (ended)`;
    })
    .join(' ← ');
};

const plain = /^[\w@%+=:,./-]+$/;

/** As one would type it: what it shows now, else what was recorded of it. */
const command = ({ facts, records }: Known): string | undefined => {
  const told = records.findLast((record) => 'args' in record);
  const recorded = told && 'args' in told ? told : undefined;
  const args = facts?.args ?? recorded?.args;
  const isCut = facts?.args ? facts.argsCut : recorded?.args_cut;
  if (!args || args.length === 0) return undefined;
  const typed = args.map((arg) => (plain.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`));
  return typed.join(' ') + (isCut ? ' …' : '');
};

const cgroupOf = ({ facts, kin }: Known): string | undefined => facts?.cgroup ?? kin?.cgroup;

const children = ({ identity, process, world }: Known): string | undefined => {
  if (!process || process.endedNs !== undefined) return undefined;
  let alive = 0;
  for (const other of world.table.live())
    if (other.ppid === identity.pid && wasThere(process, other)) alive++;
  const brood = world.offspring.of(keyOf(identity));
  const all = endedOf(brood);
  if (alive + all === 0) return undefined;
  const kinds = [...(brood?.kinds.values() ?? [])].toSorted((a, b) => b.count - a.count);
  const names = kinds.map(({ comm, count }) => `${comm} ×${grouped(count)}`).join(', ');
  return `${grouped(alive)} alive, ${grouped(all)} ended${names && `: ${names}`}`;
};

/** What is said of all that bore one name. */
export const commDetails = ({ row, loop }: ChurnLine, heldOnly: boolean): Detail[] => {
  const { spawns, rate, peak, alive, zombies, lifetimes, mostly } = row;
  const { count, min, p50, p95, max, histogram } = lifetimes;
  const since = heldOnly ? ' among the events held' : '';
  const lived =
    count === 1
      ? shortDuration(min)
      : `half under ${shortDuration(p50)}, 95% under ${shortDuration(p95)}, from ${shortDuration(min)} to ${shortDuration(max)}`;
  return [
    {
      label: 'spawned',
      text: `${grouped(spawns)}${since}, ${shortRate(rate)}/s now, ${grouped(peak)} in the busiest second`,
    },
    {
      label: 'alive',
      text: `${grouped(alive)}${zombies > 0 ? `, of them ${counted(zombies, 'zombie')}` : ''}`,
    },
    ...(count > 0
      ? [
          { label: 'lived', text: lived },
          { label: '', text: 'under 1ms ', bars: histogram, behind: ' over 1m40s' },
        ]
      : []),
    ...(mostly ? [{ label: 'mostly by', text: `${mostly.name} (${grouped(mostly.count)})` }] : []),
    ...(loop
      ? [
          {
            label: 'restarts',
            text: `${grouped(loop.count)} young lives in a row, each ${shortDuration(BigInt(Math.round(loop.periodNs)))}, under ${loop.lineage.map(({ comm, pid }) => `${comm} ${pid}`).join(' ← ') || '?'}`,
          },
        ]
      : []),
  ];
};

/** Runtimes name a container by 64 hexadecimal digits; people by the first twelve. */
const id = /(?:^|[/:-])([0-9a-f]{12})[0-9a-f]{52}(?:\.scope)?(?:\/|$)/;
const lxc = /\/(?:lxc\.payload\.|lxc\/|machine\/)([^/]+)/;
const unit = /\/([^/]+\.(?:service|scope))(?:\/|$)/g;

/** What a cgroup path says of where a process runs: a container, else the innermost unit of the service manager. */
export const placeOf = (cgroup: string): string | undefined => {
  const [, container = lxc.exec(cgroup)?.[1]] = id.exec(cgroup) ?? [];
  if (container !== undefined) return `container ${container}`;
  return [...cgroup.matchAll(unit)].at(-1)?.[1];
};
