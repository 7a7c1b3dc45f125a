import type { CaptureMode } from '../../domain/events/record.ts';
import { ProcError } from '../../proc/errors.ts';
import { isPidBetween, type PidCursor, parseLoadavg } from '../../proc/loadavg.ts';
import type { ProcReader } from '../../proc/reader.ts';

/** The facts that show whether the PID cursor can be used. */
export type ModeEvidence = {
  /** The last allocated PID before the sampling thread was started; undefined where loadavg has none. */
  cursorBefore: number | undefined;
  /** The last allocated PID now, on that thread. */
  cursorNow: number | undefined;
  /** This thread as the proc root names it: `thread-self` links to `<pid>/task/<tid>`. */
  threadSelf: { pid: number; tid: number } | undefined;
  /** The PID of churntop in its own PID namespace. */
  ownPid: number;
  /** Whether that PID exists under the proc root. */
  ownPidListed: boolean;
};

/**
 * Selects cursor mode when the cursor has passed the PID of the new sampling thread, and walk mode otherwise.
 * gVisor shows zeros, LXCFS computes its own load average, and a /proc mounted with `subset=pid` has no loadavg. The
 * /proc of another PID namespace shows other PIDs than the cursor, which always belongs to the reader's namespace.
 */
export const detectMode = ({
  cursorBefore,
  cursorNow,
  threadSelf,
  ownPid,
  ownPidListed,
}: ModeEvidence): { mode: CaptureMode; modeReason: string } => {
  const walkBecause = (modeReason: string) => ({ mode: 'walk' as const, modeReason });
  if (cursorBefore === undefined || cursorNow === undefined)
    return walkBecause('no loadavg with a last PID under this proc root');
  if (cursorNow === 0) return walkBecause('loadavg shows no last PID');
  if (!threadSelf || !ownPidListed) return walkBecause('this proc root does not show churntop itself');
  if (threadSelf.pid !== ownPid) return walkBecause('this proc root belongs to another PID namespace');
  if (cursorBefore === cursorNow)
    return walkBecause('the last PID in loadavg did not change when a thread was started');
  if (!isPidBetween(threadSelf.tid, cursorBefore, cursorNow))
    return walkBecause('the last PID in loadavg does not match the PID of a new thread');
  return { mode: 'cursor', modeReason: 'PID counter works here' };
};

/** Reads the last allocated PID from loadavg; undefined where there is none. */
export const readCursorPid = (proc: ProcReader): number | undefined => {
  const cursor: PidCursor = { pid: 0, tasks: 0 };
  let fd: number | undefined;
  try {
    fd = proc.openFile('loadavg');
    return parseLoadavg(proc.buffer, proc.readInto(fd), cursor) ? cursor.pid : undefined;
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  } finally {
    if (fd !== undefined) proc.close(fd);
  }
};

const readThreadSelf = (proc: ProcReader): ModeEvidence['threadSelf'] => {
  try {
    const [, pid, tid] = /^(\d+)\/task\/(\d+)$/.exec(proc.readLink('thread-self')) ?? [];
    return tid === undefined ? undefined : { pid: Number(pid), tid: Number(tid) };
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
};

/** Collects the evidence. Must run on a thread that was started after `cursorBefore` was read. */
export const collectEvidence = (
  proc: ProcReader,
  cursorBefore: number | undefined,
  ownPid: number,
): ModeEvidence => ({
  cursorBefore,
  cursorNow: readCursorPid(proc),
  threadSelf: readThreadSelf(proc),
  ownPid,
  ownPidListed: proc.pidExists(ownPid),
});
