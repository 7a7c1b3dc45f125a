import type { ExitStatus } from '../domain/events/exit-status.ts';
import { awaitsExec, type ProcStat } from './stat.ts';

/** The state of a process as of the latest sample. It is replaced, never mutated. */
export type ObservedProcess = {
  readonly pid: number;
  /** Undefined until it could be read. */
  readonly startTicks: number | undefined;
  readonly comm: string;
  readonly commHex: string | undefined;
  /** The bytes from which both were decoded; undefined until they could be read. */
  readonly commBytes: Uint8Array | undefined;
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
  readonly firstSeenNs: bigint;
  readonly initial: boolean;
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
