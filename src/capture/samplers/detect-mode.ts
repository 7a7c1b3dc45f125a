import type { CaptureMode } from '../../domain/events/record.ts';
import { ProcError } from '../../proc/errors.ts';
import { isPidBetween, type PidCursor, parseLoadavg } from '../../proc/loadavg.ts';
import type { ProcReader } from '../../proc/reader.ts';

/** What can be learned about the cursor from having started a thread of one's own. */
export type ModeEvidence = {
  /** The cursor before the sampling thread was started; undefined when loadavg told none. */
  cursorBefore: number | undefined;
  /** The cursor now, on that thread. */
  cursorNow: number | undefined;
  /** What the proc root calls this thread: `thread-self` reads `<pid>/task/<tid>`. */
  threadSelf: { pid: number; tid: number } | undefined;
  /** What this process calls itself. */
  ownPid: number;
  /** The proc root shows this process. */
  ownPidListed: boolean;
};

/**
 * Whether the cursor may be chased, by evidence: starting a thread took a number, so the cursor must have passed it.
 * gVisor shows zeros, LXCFS computes a load average of its own, `subset=pid` has no loadavg, and the mount of another
 * PID namespace numbers its processes differently from the cursor, which is always the reader's.
 */
export const detectMode = ({
  cursorBefore,
  cursorNow,
  threadSelf,
  ownPid,
  ownPidListed,
}: ModeEvidence): { mode: CaptureMode; why: string } => {
  const walkBecause = (why: string) => ({ mode: 'walk' as const, why });
  if (cursorBefore === undefined || cursorNow === undefined)
    return walkBecause('no loadavg with a last PID under this proc root');
  if (cursorNow === 0) return walkBecause('loadavg shows no last PID');
  if (!threadSelf || !ownPidListed) return walkBecause('this proc root does not show churntop itself');
  if (threadSelf.pid !== ownPid) return walkBecause('this proc root belongs to another PID namespace');
  if (cursorBefore === cursorNow)
    return walkBecause('the last PID in loadavg stands still although a thread was started');
  if (!isPidBetween(threadSelf.tid, cursorBefore, cursorNow))
    return walkBecause('the last PID in loadavg is not where threads are numbered');
  return { mode: 'cursor', why: 'the last PID in loadavg followed our own thread' };
};

/** The cursor now, or undefined where there is none. */
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

/** To be gathered on the thread that was started after `before` was read. */
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
