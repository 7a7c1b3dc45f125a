import type { ExecEvent, ExitedEvent, ProbeEvent, UserEvent, ZombieEvent } from '../domain/events/event.ts';
import { decodeWaitStatus, type ExitStatus } from '../domain/events/exit-status.ts';
import { decodeComm } from './comm.ts';
import type { ExitCodeAccess } from './exit-code-access.ts';
import type { ObservedProcess } from './observed-process.ts';
import type { ReadResult } from './reader.ts';
import { awaitsExec, isBeingReaped, isKernelThread, isZombie, type ProcStat } from './stat.ts';

export type { ObservedProcess } from './observed-process.ts';

/** One clock tick (USER_HZ): 10 ms on every architecture that Node supports. */
export const clockTickNs = 10_000_000n;

/** The time of a sample, CLOCK_MONOTONIC ns. `windowNs` is the time since the previous sample; undefined for discovery. */
export type SampleTime = { nowNs: bigint; windowNs: bigint | undefined };

const windowOf = ({ windowNs }: SampleTime) => (windowNs === undefined ? {} : { window_ns: windowNs });
const hexOf = (commHex: string | undefined) => (commHex === undefined ? {} : { comm_hex: commHex });

/** Returns the exit status of a zombie; empty if it is 0 and this user may not read it, as the kernel then prints 0. */
const exitStatusOf = (
  { pid, uid }: ObservedProcess,
  { exitCode }: ProcStat,
  exitCodes: ExitCodeAccess | undefined,
): ExitStatus => {
  const isKnown = exitCode !== 0 || (exitCodes?.isReadable(pid, uid) ?? false);
  return isKnown ? decodeWaitStatus(exitCode) : {};
};

type FirstReading = {
  pid: number;
  reading: ReadResult;
  time: SampleTime;
  /** The events are appended to it. */
  events: ProbeEvent[];
  /** Whether an exit code of 0 can be read. Default: it is unknown. */
  exitCodes?: ExitCodeAccess;
};

/**
 * Reports the spawn of a new process. Like the reference walker, it also reports a listed process that is already gone
 * or hidden, with an empty comm.
 */
export const observeFirst = ({ pid, reading, time, events, exitCodes }: FirstReading): ObservedProcess => {
  const snapshot = typeof reading === 'string' ? undefined : reading;
  const { comm, hex } = snapshot ? decodeComm(snapshot.stat.comm) : { comm: '', hex: undefined };
  const initial = time.windowNs === undefined;
  events.push({
    probe_source: 'process.spawned',
    guest_pid: pid,
    guest_comm: comm,
    guest_monotonic_ns: time.nowNs,
    ...(snapshot && !isBeingReaped(snapshot.stat) && { guest_ppid: snapshot.stat.ppid }),
    ...(snapshot?.uid !== undefined && { guest_uid: snapshot.uid }),
    ...windowOf(time),
    ...(snapshot && { start_ticks: snapshot.stat.startTicks }),
    ...(initial && { initial: true as const }),
    ...hexOf(hex),
    ...(snapshot && isKernelThread(snapshot.stat) && { kthread: true as const }),
  });
  const process: ObservedProcess = {
    pid,
    startTicks: snapshot?.stat.startTicks,
    comm,
    commHex: hex,
    commBytes: snapshot?.stat.comm,
    uid: snapshot?.uid,
    hidden: reading === 'hidden',
    goneAtFirstRead: reading === 'gone',
    awaitsExec: snapshot !== undefined && awaitsExec(snapshot.stat),
    zombie: false,
    reaperPid: undefined,
    zombieSinceNs: undefined,
    exitStatus: {},
    firstSeenNs: time.nowNs,
    initial,
  };
  return snapshot && isZombie(snapshot.stat)
    ? observeZombie(process, { stat: snapshot.stat, time, events, exitCodes })
    : process;
};

type LaterReading = {
  stat: ProcStat;
  /** The effective user; undefined if it was not read. */
  uid: number | undefined;
  /** Reads the effective user after an exec, if `uid` is undefined. Default: an exec does not change the user. */
  readUid?: () => number | undefined;
  time: SampleTime;
  events: ProbeEvent[];
  exitCodes?: ExitCodeAccess;
};

/**
 * Reports what changed since the previous reading of a process: exec, a new name, another user, exit without being
 * reaped, or another parent that has to reap it.
 */
export const observeAgain = (
  previous: ObservedProcess,
  { stat, uid: uidRead, readUid, time, events, exitCodes }: LaterReading,
): ObservedProcess => {
  const isSameComm = stat.comm === previous.commBytes;
  const { comm, hex } = isSameComm ? { comm: previous.comm, hex: previous.commHex } : decodeComm(stat.comm);
  const stillAwaitsExec = awaitsExec(stat);
  // The name of a kernel worker changes with its current work (wq_worker_comm), without an exec.
  const renamed = !isKernelThread(stat) && (comm !== previous.comm || hex !== previous.commHex);
  const execed = (previous.awaitsExec && !stillAwaitsExec) || renamed;
  // An exec can change the user: the program is setuid, or setuid was called just before the exec.
  const uid = uidRead ?? (execed && readUid ? readUid() : previous.uid);
  const userChanged = uid !== previous.uid;

  let process = previous;
  if (execed || userChanged || previous.hidden || previous.startTicks === undefined) {
    const { startTicks } = stat;
    process = {
      ...previous,
      comm,
      commHex: hex,
      commBytes: stat.comm,
      uid,
      startTicks,
      hidden: false,
      awaitsExec: stillAwaitsExec,
    };
  }
  if (execed) events.push(execEvent(process, { previousComm: previous.comm, time }));
  else if (userChanged && uid !== undefined)
    events.push(userEvent(process, { uid, previousUid: previous.uid, time }));
  if (!isZombie(stat)) return process;
  return previous.zombie && previous.reaperPid === stat.ppid
    ? process
    : observeZombie(process, { stat, time, events, exitCodes });
};

const userEvent = (
  process: ObservedProcess,
  { uid, previousUid, time }: { uid: number; previousUid: number | undefined; time: SampleTime },
): UserEvent => ({
  probe_source: 'process.user',
  guest_pid: process.pid,
  guest_comm: process.comm,
  guest_monotonic_ns: time.nowNs,
  guest_uid: uid,
  ...(previousUid !== undefined && { previous_uid: previousUid }),
  ...windowOf(time),
  ...(process.startTicks !== undefined && { start_ticks: process.startTicks }),
  ...hexOf(process.commHex),
});

const execEvent = (
  process: ObservedProcess,
  { previousComm, time }: { previousComm: string; time: SampleTime },
): ExecEvent => ({
  probe_source: 'process.exec',
  guest_pid: process.pid,
  guest_comm: process.comm,
  guest_monotonic_ns: time.nowNs,
  previous_comm: previousComm,
  ...(process.uid !== undefined && { guest_uid: process.uid }),
  ...windowOf(time),
  ...(process.startTicks !== undefined && { start_ticks: process.startTicks }),
  ...hexOf(process.commHex),
});

type ZombieReading = {
  stat: ProcStat;
  time: SampleTime;
  events: ProbeEvent[];
  exitCodes: ExitCodeAccess | undefined;
};

const observeZombie = (
  previous: ObservedProcess,
  { stat, time, events, exitCodes }: ZombieReading,
): ObservedProcess => {
  const process: ObservedProcess = {
    ...previous,
    zombie: true,
    reaperPid: stat.ppid,
    zombieSinceNs: previous.zombieSinceNs ?? time.nowNs,
    awaitsExec: false,
    exitStatus: exitStatusOf(previous, stat, exitCodes),
  };
  const event: ZombieEvent = {
    probe_source: 'process.zombie',
    guest_pid: process.pid,
    guest_comm: process.comm,
    guest_monotonic_ns: time.nowNs,
    guest_ppid: stat.ppid,
    ...(previous.zombieSinceNs !== undefined && { zombie_ns: time.nowNs - previous.zombieSinceNs }),
    ...windowOf(time),
    start_ticks: stat.startTicks,
    ...hexOf(process.commHex),
    ...process.exitStatus,
  };
  events.push(event);
  return process;
};

/** Returns the exit event of a process. `bootOffsetNs` is the boot clock minus the monotonic clock. */
export const exitEvent = (process: ObservedProcess, time: SampleTime, bootOffsetNs: bigint): ExitedEvent => ({
  probe_source: 'process.exited',
  guest_pid: process.pid,
  guest_comm: process.comm,
  guest_monotonic_ns: time.nowNs,
  ...lifetimeOf(process, time.nowNs, bootOffsetNs),
  ...windowOf(time),
  ...(process.startTicks !== undefined && { start_ticks: process.startTicks }),
  ...hexOf(process.commHex),
  ...process.exitStatus,
});

/**
 * Returns how long a process ran, and how long it then waited as a zombie. The run time starts at the spawn event,
 * exact within the windows. For an initial process it starts at the start ticks, exact to 10 ms. It is unknown if the
 * process was a zombie at the first sample.
 */
const lifetimeOf = (
  process: ObservedProcess,
  nowNs: bigint,
  bootOffsetNs: bigint,
): { lifetime_ns?: bigint; zombie_ns?: bigint } => {
  const { initial, startTicks, firstSeenNs, zombieSinceNs } = process;
  const waited = zombieSinceNs === undefined ? {} : { zombie_ns: nowNs - zombieSinceNs };
  const ranUntilNs = zombieSinceNs ?? nowNs;
  if (!initial) return { lifetime_ns: ranUntilNs - firstSeenNs, ...waited };
  if (startTicks === undefined || zombieSinceNs === firstSeenNs) return waited;
  const lifetimeNs = ranUntilNs + bootOffsetNs - BigInt(startTicks) * clockTickNs;
  return { lifetime_ns: lifetimeNs < 0n ? 0n : lifetimeNs, ...waited };
};
