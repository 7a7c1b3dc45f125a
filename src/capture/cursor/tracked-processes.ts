import type { ProbeEvent } from '../../domain/events/event.ts';
import { exited, follow, type Moment, meet, type Tracked } from '../../proc/lifecycle.ts';
import type { Proc, Reading, Seen } from '../../proc/reader.ts';
import { isKernelThread, type ProcStat } from '../../proc/stat.ts';

const nothing: readonly ProbeEvent[] = [];

/** No descriptor is kept. */
export const none = -1;

/** A living process as the sampler holds it. Changed in place: it is looked at thousands of times a second. */
export type Entry = {
  tracked: Tracked;
  uid: number;
  /** Its stat file, held open while it is young. */
  fd: number;
  bornMs: number;
  /** When it was last read and found alive. */
  aliveMs: number;
  /** When to look at it again, and how long after that one. */
  dueMs: number;
  waitMs: number;
  /** The last walk that listed it. */
  walk: number;
  /** A kernel thread. */
  kernel: boolean;
  /** Churntop's own child: known, but not told. */
  own: boolean;
};

export type TableOptions = {
  proc: Proc;
  bootOffsetNs: bigint;
  /** Processes whose parent this is are not churn of the guest. */
  ownPid: number | undefined;
};

export type Table = ReturnType<typeof openTable>;

/** Everyone alive by PID, and the events that change them. */
export const openTable = ({ proc, bootOffsetNs, ownPid }: TableOptions) => {
  const entries = new Map<number, Entry>();
  let events: ProbeEvent[] = [];
  let hidden = 0;

  const recount = (before: Tracked | undefined, after: Tracked | undefined) => {
    hidden += Number(after?.hidden ?? false) - Number(before?.hidden ?? false);
  };

  return {
    size() {
      return entries.size;
    },
    hidden() {
      return hidden;
    },
    get: (pid: number) => entries.get(pid),
    all: () => entries.values(),

    /** The events so far, in order; they are the caller's now. */
    take(): readonly ProbeEvent[] {
      if (events.length === 0) return nothing;
      const taken = events;
      events = [];
      return taken;
    },

    /** First sight. `fd` is the entry's from here on. */
    meet(pid: number, reading: Reading, fd: number, moment: Moment, nowMs: number): Entry {
      const own = ownPid !== undefined && typeof reading !== 'string' && reading.stat.ppid === ownPid;
      const tracked = meet(pid, reading, moment, own && moment.windowNs !== undefined ? [] : events);
      const uid = typeof reading === 'string' ? 0 : reading.uid;
      const entry: Entry = {
        tracked,
        uid,
        fd,
        bornMs: nowMs,
        aliveMs: nowMs,
        dueMs: nowMs,
        waitMs: 0,
        walk: 0,
        kernel: typeof reading !== 'string' && isKernelThread(reading.stat),
        own: own && !tracked.initial,
      };
      entries.set(pid, entry);
      recount(undefined, tracked);
      return entry;
    },

    /** The same process again. */
    follow(entry: Entry, seen: Seen, moment: Moment, nowMs: number): void {
      const { tracked } = entry;
      entry.tracked = follow(tracked, seen, moment, entry.own ? [] : events);
      entry.uid = seen.uid;
      // It may have become a program: a helper that the kernel started (call_usermodehelper).
      entry.kernel = isKernelThread(seen.stat);
      entry.aliveMs = nowMs;
      recount(tracked, entry.tracked);
    },

    /** Still there, but not for this user any more. */
    hide(entry: Entry): void {
      if (entry.tracked.hidden) return;
      entry.tracked = { ...entry.tracked, hidden: true };
      hidden++;
    },

    exit(entry: Entry, moment: Moment): void {
      if (entry.fd !== none) proc.release(entry.fd);
      entry.fd = none;
      entries.delete(entry.tracked.pid);
      recount(entry.tracked, undefined);
      if (!entry.own) events.push(exited(entry.tracked, moment, bootOffsetNs));
    },
  };
};

/** PID and start time make a process; where the start time could not be read, the PID has to do. */
export const isSame = ({ tracked }: Entry, { startTicks }: ProcStat): boolean =>
  !tracked.gone && (tracked.startTicks === undefined || tracked.startTicks === startTicks);
