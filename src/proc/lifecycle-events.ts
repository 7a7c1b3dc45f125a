import type { ExecEvent, ExitedEvent, SpawnedEvent, UserEvent, ZombieEvent } from '../domain/events/event.ts';
import type { ExitStatus } from '../domain/events/exit-status.ts';
import { clockTickNs } from '../util/time.ts';

/**
 * When something was observed, CLOCK_MONOTONIC ns. `windowNs` is the time since the previous sample; undefined for
 * discovery, and where `nowNs` is the exact time of an event of the kernel.
 */
export type SampleTime = { nowNs: bigint; windowNs: bigint | undefined };

/** The state of a process as of the latest sample. It is replaced, never mutated, except for its CPU time. */
export type ObservedProcess = {
  readonly pid: number;
  /** Undefined until it could be read. */
  readonly startTicks: number | undefined;
  readonly comm: string;
  readonly commHex: string | undefined;
  /** The bytes from which both were decoded; undefined if they are not kept. */
  readonly commBytes?: Uint8Array | undefined;
  /** Effective user; undefined until it could be read. */
  readonly uid: number | undefined;
  /** Whether it is listed but not readable for this user. */
  readonly hidden: boolean;
  /** Whether it was gone when it was first read, so that the next process with this PID is another one. */
  readonly goneAtFirstRead: boolean;
  readonly awaitsExec: boolean;
  readonly zombie: boolean;
  /** Of a zombie: the parent that has to reap it. */
  readonly reaperPid: number | undefined;
  /** When it was first seen as a zombie, CLOCK_MONOTONIC ns. */
  readonly zombieSinceNs: bigint | undefined;
  readonly exitStatus: ExitStatus;
  /** CPU time as last read, clock ticks; undefined: not read. It changes in place, because it does so with each sample. */
  cpuTicks: number | undefined;
  readonly firstSeenNs: bigint;
  readonly initial: boolean;
};

const windowOf = ({ windowNs }: SampleTime) => (windowNs === undefined ? {} : { window_ns: windowNs });
const hexOf = (commHex: string | undefined) => (commHex === undefined ? {} : { comm_hex: commHex });
const ticksOf = (startTicks: number | undefined) =>
  startTicks === undefined ? {} : { start_ticks: startTicks };
const unreadCommOf = (isUnread: boolean | undefined) => (isUnread ? { unread: ['comm'] as const } : {});

type SpawnDetails = {
  ppid: number | undefined;
  isKernelThread: boolean;
  /** CPU time of its exited children, clock ticks. Default: 0. */
  childCpuTicks?: number | undefined;
  /** Whether the name could not be read. */
  isCommUnread?: boolean;
  time: SampleTime;
};

export const spawnedEvent = (
  process: ObservedProcess,
  { ppid, isKernelThread, childCpuTicks = 0, isCommUnread, time }: SpawnDetails,
): SpawnedEvent => ({
  probe_source: 'process.spawned',
  guest_pid: process.pid,
  guest_comm: process.comm,
  guest_monotonic_ns: time.nowNs,
  ...(ppid !== undefined && { guest_ppid: ppid }),
  ...(process.uid !== undefined && { guest_uid: process.uid }),
  ...windowOf(time),
  ...ticksOf(process.startTicks),
  ...(process.initial && { initial: true as const }),
  ...hexOf(process.commHex),
  ...(isKernelThread && { kthread: true as const }),
  ...(process.initial && childCpuTicks > 0 && { children_cpu_ns: BigInt(childCpuTicks) * clockTickNs }),
  ...unreadCommOf(isCommUnread),
});

export const userEvent = (
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
  ...ticksOf(process.startTicks),
  ...hexOf(process.commHex),
});

type ExecDetails = {
  previousComm: string;
  /** Whether it is known that only the name changed. */
  isRename?: boolean;
  /** Whether the name could not be read, so that it is the previous one. */
  isCommUnread?: boolean;
  time: SampleTime;
};

export const execEvent = (
  process: ObservedProcess,
  { previousComm, isRename, isCommUnread, time }: ExecDetails,
): ExecEvent => ({
  probe_source: 'process.exec',
  guest_pid: process.pid,
  guest_comm: process.comm,
  guest_monotonic_ns: time.nowNs,
  previous_comm: previousComm,
  ...(isRename && { renamed: true as const }),
  ...(process.uid !== undefined && { guest_uid: process.uid }),
  ...windowOf(time),
  ...ticksOf(process.startTicks),
  ...hexOf(process.commHex),
  ...unreadCommOf(isCommUnread),
});

/** Returns the zombie event of a process whose `reaperPid` is set. `sinceNs`: since when, unless it is a new zombie. */
export const zombieEvent = (
  process: ObservedProcess,
  { sinceNs, time }: { sinceNs: bigint | undefined; time: SampleTime },
): ZombieEvent => ({
  probe_source: 'process.zombie',
  guest_pid: process.pid,
  guest_comm: process.comm,
  guest_monotonic_ns: time.nowNs,
  ...(process.reaperPid !== undefined && { guest_ppid: process.reaperPid }),
  ...(sinceNs !== undefined && { zombie_ns: time.nowNs - sinceNs }),
  ...windowOf(time),
  ...ticksOf(process.startTicks),
  ...hexOf(process.commHex),
  ...process.exitStatus,
  ...cpuOf(process),
});

/** Returns the exit event of a process. `bootOffsetNs` is the boot clock minus the monotonic clock. */
export const exitEvent = (process: ObservedProcess, time: SampleTime, bootOffsetNs: bigint): ExitedEvent => ({
  probe_source: 'process.exited',
  guest_pid: process.pid,
  guest_comm: process.comm,
  guest_monotonic_ns: time.nowNs,
  ...lifetimeOf(process, time.nowNs, bootOffsetNs),
  ...windowOf(time),
  ...ticksOf(process.startTicks),
  ...hexOf(process.commHex),
  ...process.exitStatus,
  ...cpuOf(process),
});

/** Returns the CPU time as last read. For a process that was not seen as a zombie, 0 would mean too little to be useful. */
const cpuOf = ({ cpuTicks, zombie }: ObservedProcess): { cpu_ns?: bigint } =>
  cpuTicks === undefined || (cpuTicks === 0 && !zombie) ? {} : { cpu_ns: BigInt(cpuTicks) * clockTickNs };

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
