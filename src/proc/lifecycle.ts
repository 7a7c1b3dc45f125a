import type { ExecEvent, ExitedEvent, ProbeEvent, ZombieEvent } from '../domain/events/event.ts';
import { decodeComm } from './comm.ts';
import type { ReadResult, StatSnapshot } from './reader.ts';
import { awaitsExec, isBeingReaped, isKernelThread, isZombie, type ProcStat } from './stat.ts';

/** Start times come in USER_HZ: 100 a second on every architecture Node runs on. */
export const clockTickNs = 10_000_000n;

/** When a look happened, and how long after the one before (undefined at the first look: all of it is discovery). */
export type SampleTime = { nowNs: bigint; windowNs: bigint | undefined };

type ExitStatus = { exit_code?: number; exit_signal?: number };

/** What a sampler remembers of a process between two looks. Never changed in place. */
export type ObservedProcess = {
  readonly pid: number;
  /** Undefined while nothing of it could be read. */
  readonly startTicks: number | undefined;
  readonly comm: string;
  readonly commHex: string | undefined;
  /** Listed, but not readable for this user. */
  readonly hidden: boolean;
  /** Already gone when it was met: whoever bears this PID next is another process. */
  readonly goneAtFirstSight: boolean;
  readonly awaitsExec: boolean;
  readonly zombie: boolean;
  readonly exitStatus: ExitStatus;
  readonly firstSeenNs: bigint;
  readonly initial: boolean;
};

const windowOf = ({ windowNs }: SampleTime) => (windowNs === undefined ? {} : { window_ns: windowNs });
const hexOf = (commHex: string | undefined) => (commHex === undefined ? {} : { comm_hex: commHex });

/** The wait status a zombie carries; 0 is both "ended well" and "not for this user", so it says nothing. */
const exitStatusOf = ({ exitCode }: ProcStat): ExitStatus => {
  if (exitCode === 0) return {};
  const signal = exitCode & 0x7f;
  return signal === 0 ? { exit_code: (exitCode >> 8) & 0xff } : { exit_signal: signal };
};

/**
 * First sight of a process. One that was listed but is already gone or hidden is met all the same, without facts:
 * it did exist, and the reference reports it with an empty comm.
 */
export const observeFirst = (
  pid: number,
  reading: ReadResult,
  moment: SampleTime,
  events: ProbeEvent[],
): ObservedProcess => {
  const seen = typeof reading === 'string' ? undefined : reading;
  const { comm, hex } = seen ? decodeComm(seen.stat.comm) : { comm: '', hex: undefined };
  const initial = moment.windowNs === undefined;
  events.push({
    probe_source: 'process.spawned',
    guest_pid: pid,
    guest_comm: comm,
    guest_monotonic_ns: moment.nowNs,
    ...(seen && !isBeingReaped(seen.stat) && { guest_ppid: seen.stat.ppid }),
    ...(seen && { guest_uid: seen.uid }),
    ...windowOf(moment),
    ...(seen && { start_ticks: seen.stat.startTicks }),
    ...(initial && { initial: true as const }),
    ...hexOf(hex),
    ...(seen && isKernelThread(seen.stat) && { kthread: true as const }),
  });
  const tracked: ObservedProcess = {
    pid,
    startTicks: seen?.stat.startTicks,
    comm,
    commHex: hex,
    hidden: reading === 'hidden',
    goneAtFirstSight: reading === 'gone',
    awaitsExec: seen !== undefined && awaitsExec(seen.stat),
    zombie: false,
    exitStatus: {},
    firstSeenNs: moment.nowNs,
    initial,
  };
  return seen && isZombie(seen.stat) ? observeZombie(tracked, seen.stat, moment, events) : tracked;
};

/** A later sight of the same process: did it exec, change its name, or end without being reaped? */
export const observeAgain = (
  before: ObservedProcess,
  seen: StatSnapshot,
  moment: SampleTime,
  events: ProbeEvent[],
): ObservedProcess => {
  const { stat, uid } = seen;
  const { comm, hex } = decodeComm(stat.comm);
  const waits = awaitsExec(stat);
  // A kernel worker's name tells what it works on just now (wq_worker_comm): no program was taken.
  const renamed = !isKernelThread(stat) && (comm !== before.comm || hex !== before.commHex);
  const execed = (before.awaitsExec && !waits) || renamed;

  let tracked = before;
  if (execed || before.hidden || before.startTicks === undefined) {
    const { startTicks } = stat;
    tracked = { ...before, comm, commHex: hex, startTicks, hidden: false, awaitsExec: waits };
  }
  if (execed) events.push(execEvent(tracked, before.comm, uid, moment));
  return isZombie(stat) && !before.zombie ? observeZombie(tracked, stat, moment, events) : tracked;
};

const execEvent = (
  tracked: ObservedProcess,
  previous: string,
  uid: number,
  moment: SampleTime,
): ExecEvent => ({
  probe_source: 'process.exec',
  guest_pid: tracked.pid,
  guest_comm: tracked.comm,
  guest_monotonic_ns: moment.nowNs,
  previous_comm: previous,
  guest_uid: uid,
  ...windowOf(moment),
  ...(tracked.startTicks !== undefined && { start_ticks: tracked.startTicks }),
  ...hexOf(tracked.commHex),
});

const observeZombie = (
  before: ObservedProcess,
  stat: ProcStat,
  moment: SampleTime,
  events: ProbeEvent[],
): ObservedProcess => {
  const tracked: ObservedProcess = {
    ...before,
    zombie: true,
    awaitsExec: false,
    exitStatus: exitStatusOf(stat),
  };
  const event: ZombieEvent = {
    probe_source: 'process.zombie',
    guest_pid: tracked.pid,
    guest_comm: tracked.comm,
    guest_monotonic_ns: moment.nowNs,
    guest_ppid: stat.ppid,
    ...windowOf(moment),
    start_ticks: stat.startTicks,
    ...hexOf(tracked.commHex),
    ...tracked.exitStatus,
  };
  events.push(event);
  return tracked;
};

/**
 * It is gone. The lifetime of a process whose birth was seen runs from that sight, exact within the windows; of one
 * found alive, from its start ticks, exact to 10 ms. `bootOffsetNs`: boot clock minus monotonic clock.
 */
export const exitEvent = (
  tracked: ObservedProcess,
  moment: SampleTime,
  bootOffsetNs: bigint,
): ExitedEvent => ({
  probe_source: 'process.exited',
  guest_pid: tracked.pid,
  guest_comm: tracked.comm,
  guest_monotonic_ns: moment.nowNs,
  ...lifetime(tracked, moment.nowNs, bootOffsetNs),
  ...windowOf(moment),
  ...(tracked.startTicks !== undefined && { start_ticks: tracked.startTicks }),
  ...hexOf(tracked.commHex),
  ...tracked.exitStatus,
});

const lifetime = (
  tracked: ObservedProcess,
  nowNs: bigint,
  bootOffsetNs: bigint,
): { lifetime_ns?: bigint } => {
  if (!tracked.initial) return { lifetime_ns: nowNs - tracked.firstSeenNs };
  if (tracked.startTicks === undefined) return {};
  const lived = nowNs + bootOffsetNs - BigInt(tracked.startTicks) * clockTickNs;
  return { lifetime_ns: lived < 0n ? 0n : lived };
};
