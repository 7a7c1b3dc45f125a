import type { CaptureMode } from '../../domain/events/event.ts';
import { tryRead } from '../../proc/errors.ts';
import { isPidBetween, type LoadavgCounters, parseLoadavg } from '../../proc/loadavg.ts';
import type { ProcReader } from '../../proc/reader.ts';

/** The facts that show whether the PID counter can be used. */
export type ModeEvidence = {
  /** The last allocated PID before the sampling thread was started; undefined where loadavg has none. */
  counterBefore: number | undefined;
  /** The last allocated PID now, on that thread. */
  counterNow: number | undefined;
  /** This thread's IDs as seen through the proc root: `thread-self` links to `<pid>/task/<tid>`. */
  threadSelf: { pid: number; tid: number } | undefined;
  /** The PID of churntop in its own PID namespace. */
  ownPid: number;
  /** Whether that PID exists under the proc root. */
  ownPidListed: boolean;
};

/**
 * Selects cursor mode when the PID counter has passed the PID of the new sampling thread, and walk mode otherwise.
 * gVisor shows zeros, LXCFS computes its own load average, and a /proc mounted with `subset=pid` has no loadavg. The
 * /proc of another PID namespace shows PIDs that do not match the counter, which always belongs to the reader's
 * namespace.
 */
export const detectMode = ({
  counterBefore,
  counterNow,
  threadSelf,
  ownPid,
  ownPidListed,
}: ModeEvidence): { mode: CaptureMode; modeReason: string } => {
  const walkMode = (modeReason: string) => ({ mode: 'walk' as const, modeReason });
  if (counterBefore === undefined || counterNow === undefined)
    return walkMode('this proc root has no loadavg with a last PID');
  if (counterNow === 0) return walkMode('the last PID in loadavg is 0');
  if (!threadSelf || !ownPidListed) return walkMode('this proc root does not show churntop itself');
  if (threadSelf.pid !== ownPid) return walkMode('this proc root belongs to another PID namespace');
  if (counterBefore === counterNow)
    return walkMode('the last PID in loadavg did not change when a thread was started');
  if (!isPidBetween(threadSelf.tid, counterBefore, counterNow))
    return walkMode('the last PID in loadavg does not match the PID of a new thread');
  return { mode: 'cursor', modeReason: 'PID counter works here' };
};

/** Reads the last allocated PID from loadavg; undefined where there is none. */
export const readPidCounter = (proc: ProcReader): number | undefined => {
  const counters: LoadavgCounters = { pid: 0, tasks: 0 };
  return tryRead(() => {
    const fd = proc.openFile('loadavg');
    try {
      return parseLoadavg(proc.buffer, proc.readInto(fd), counters) ? counters.pid : undefined;
    } finally {
      proc.close(fd);
    }
  });
};

const readThreadSelf = (proc: ProcReader): ModeEvidence['threadSelf'] => {
  const link = tryRead(() => proc.readLink('thread-self')) ?? '';
  const [, pid, tid] = /^(\d+)\/task\/(\d+)$/.exec(link) ?? [];
  return tid === undefined ? undefined : { pid: Number(pid), tid: Number(tid) };
};

/** Collects the evidence. Must run on a thread that was started after `counterBefore` was read. */
export const collectEvidence = (
  proc: ProcReader,
  counterBefore: number | undefined,
  ownPid: number,
): ModeEvidence => ({
  counterBefore,
  counterNow: readPidCounter(proc),
  threadSelf: readThreadSelf(proc),
  ownPid,
  ownPidListed: proc.pidExists(ownPid),
});
