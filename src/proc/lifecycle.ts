import type { ProbeEvent } from '../domain/events/event.ts';
import { decodeWaitStatus, type ExitStatus } from '../domain/events/exit-status.ts';
import { decodeComm } from './comm.ts';
import type { ExitCodeAccess } from './exit-code-access.ts';
import {
  execEvent,
  type ObservedProcess,
  type SampleTime,
  spawnedEvent,
  userEvent,
  zombieEvent,
} from './lifecycle-events.ts';
import type { ReadResult } from './reader.ts';
import { awaitsExec, isBeingReaped, isKernelThread, isZombie, type ProcStat } from './stat.ts';

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
  /** Whether it was alive at the start. Default: the time has no window. */
  initial?: boolean;
  /** The events are appended to it. */
  events: ProbeEvent[];
  /** Whether an exit code of 0 can be read. Default: it is unknown. */
  exitCodes?: ExitCodeAccess;
};

/**
 * Reports the spawn of a new process. Like the reference walker, it also reports a listed process that is already gone
 * or hidden, with an empty comm.
 */
export const observeFirst = ({
  pid,
  reading,
  time,
  events,
  exitCodes,
  initial = time.windowNs === undefined,
}: FirstReading): ObservedProcess => {
  const snapshot = typeof reading === 'string' ? undefined : reading;
  const { comm, hex } = snapshot ? decodeComm(snapshot.stat.comm) : { comm: '', hex: undefined };
  const ppid = snapshot && !isBeingReaped(snapshot.stat) ? snapshot.stat.ppid : undefined;
  const isKernel = snapshot !== undefined && isKernelThread(snapshot.stat);
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
  events.push(spawnedEvent(process, { ppid, isKernelThread: isKernel, time }));
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
 * Returns whether a reading shows no change. The user may still have changed. The comm must have been read with
 * `commBytes` as the known one.
 */
export const isUnchanged = (previous: ObservedProcess, stat: ProcStat): boolean =>
  stat.comm === previous.commBytes &&
  awaitsExec(stat) === previous.awaitsExec &&
  stat.state !== 'Z' &&
  !previous.hidden &&
  previous.startTicks !== undefined;

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
  events.push(zombieEvent(process, { sinceNs: previous.zombieSinceNs, time }));
  return process;
};
