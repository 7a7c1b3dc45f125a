import type { CaptureMode } from '../../domain/events/record.ts';
import { ProcError } from '../../proc/errors.ts';
import { type Cursor, isBetween, parseCursor } from '../../proc/loadavg.ts';
import type { Proc } from '../../proc/reader.ts';

/** What can be learned about the cursor from having started a thread of one's own. */
export type Evidence = {
  /** The cursor before the sampling thread was started; undefined when loadavg told none. */
  before: number | undefined;
  /** The cursor now, on that thread. */
  now: number | undefined;
  /** What the proc root calls this thread: `thread-self` reads `<pid>/task/<tid>`. */
  self: { pid: number; tid: number } | undefined;
  /** What this process calls itself. */
  ownPid: number;
  /** The proc root shows this process. */
  ownShown: boolean;
};

/**
 * Whether the cursor may be chased, by evidence: starting a thread took a number, so the cursor must have passed it.
 * gVisor shows zeros, LXCFS computes a load average of its own, `subset=pid` has no loadavg, and the mount of another
 * PID namespace numbers its processes differently from the cursor, which is always the reader's.
 */
export const judge = ({
  before,
  now,
  self,
  ownPid,
  ownShown,
}: Evidence): { mode: CaptureMode; why: string } => {
  const walk = (why: string) => ({ mode: 'walk' as const, why });
  if (before === undefined || now === undefined)
    return walk('no loadavg with a last PID under this proc root');
  if (now === 0) return walk('loadavg shows no last PID');
  if (!self || !ownShown) return walk('this proc root does not show churntop itself');
  if (self.pid !== ownPid) return walk('this proc root belongs to another PID namespace');
  if (before === now) return walk('the last PID in loadavg stands still although a thread was started');
  if (!isBetween(self.tid, before, now))
    return walk('the last PID in loadavg is not where threads are numbered');
  return { mode: 'cursor', why: 'the last PID in loadavg followed our own thread' };
};

/** The cursor now, or undefined where there is none. */
export const cursorNow = (proc: Proc): number | undefined => {
  const cursor: Cursor = { pid: 0, tasks: 0 };
  let fd: number | undefined;
  try {
    fd = proc.open('loadavg');
    return parseCursor(proc.buffer, proc.fill(fd), cursor) ? cursor.pid : undefined;
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  } finally {
    if (fd !== undefined) proc.release(fd);
  }
};

const threadSelf = (proc: Proc): Evidence['self'] => {
  try {
    const [, pid, tid] = /^(\d+)\/task\/(\d+)$/.exec(proc.link('thread-self')) ?? [];
    return tid === undefined ? undefined : { pid: Number(pid), tid: Number(tid) };
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
};

/** To be gathered on the thread that was started after `before` was read. */
export const gatherEvidence = (proc: Proc, before: number | undefined, ownPid: number): Evidence => ({
  before,
  now: cursorNow(proc),
  self: threadSelf(proc),
  ownPid,
  ownShown: proc.exists(ownPid),
});
