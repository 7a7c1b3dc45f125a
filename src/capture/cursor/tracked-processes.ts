import type { ProbeEvent } from '../../domain/events/event.ts';
import {
  exitEvent,
  type ObservedProcess,
  observeAgain,
  observeFirst,
  type SampleTime,
} from '../../proc/lifecycle.ts';
import type { ProcReader, ReadResult, StatSnapshot } from '../../proc/reader.ts';
import { isKernelThread, type ProcStat } from '../../proc/stat.ts';

const nothing: readonly ProbeEvent[] = [];

/** No descriptor is kept. */
export const noFd = -1;

/** A living process as the sampler holds it. Changed in place: it is looked at thousands of times a second. */
export type TrackedProcess = {
  observed: ObservedProcess;
  uid: number;
  /** Its stat file, held open while it is young. */
  fd: number;
  firstSeenMs: number;
  /** When it was last read and found alive. */
  lastAliveMs: number;
  /** When to look at it again, and how long after that one. */
  nextReadMs: number;
  backoffMs: number;
  /** The last walk that listed it. */
  lastWalk: number;
  /** A kernel thread. */
  isKernelThread: boolean;
  /** Churntop's own child: known, but not told. */
  isOwnChild: boolean;
};

export type TrackedProcessesOptions = {
  proc: ProcReader;
  bootOffsetNs: bigint;
  /** Processes whose parent this is are not churn of the guest. */
  ownPid: number | undefined;
};

export type TrackedProcesses = ReturnType<typeof createTrackedProcesses>;

/** Everyone alive by PID, and the events that change them. */
export const createTrackedProcesses = ({ proc, bootOffsetNs, ownPid }: TrackedProcessesOptions) => {
  const entries = new Map<number, TrackedProcess>();
  let events: ProbeEvent[] = [];
  let hidden = 0;

  const recount = (before: ObservedProcess | undefined, after: ObservedProcess | undefined) => {
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
    meet(pid: number, reading: ReadResult, fd: number, moment: SampleTime, nowMs: number): TrackedProcess {
      const own = ownPid !== undefined && typeof reading !== 'string' && reading.stat.ppid === ownPid;
      const observed = observeFirst(pid, reading, moment, own && moment.windowNs !== undefined ? [] : events);
      const uid = typeof reading === 'string' ? 0 : reading.uid;
      const entry: TrackedProcess = {
        observed,
        uid,
        fd,
        firstSeenMs: nowMs,
        lastAliveMs: nowMs,
        nextReadMs: nowMs,
        backoffMs: 0,
        lastWalk: 0,
        isKernelThread: typeof reading !== 'string' && isKernelThread(reading.stat),
        isOwnChild: own && !observed.initial,
      };
      entries.set(pid, entry);
      recount(undefined, observed);
      return entry;
    },

    /** The same process again. */
    follow(entry: TrackedProcess, seen: StatSnapshot, moment: SampleTime, nowMs: number): void {
      const { observed } = entry;
      entry.observed = observeAgain(observed, seen, moment, entry.isOwnChild ? [] : events);
      entry.uid = seen.uid;
      // It may have become a program: a helper that the kernel started (call_usermodehelper).
      entry.isKernelThread = isKernelThread(seen.stat);
      entry.lastAliveMs = nowMs;
      recount(observed, entry.observed);
    },

    /** Still there, but not for this user any more. */
    markHidden(entry: TrackedProcess): void {
      if (entry.observed.hidden) return;
      entry.observed = { ...entry.observed, hidden: true };
      hidden++;
    },

    remove(entry: TrackedProcess, moment: SampleTime): void {
      if (entry.fd !== noFd) proc.close(entry.fd);
      entry.fd = noFd;
      entries.delete(entry.observed.pid);
      recount(entry.observed, undefined);
      if (!entry.isOwnChild) events.push(exitEvent(entry.observed, moment, bootOffsetNs));
    },
  };
};

/** PID and start time make a process; where the start time could not be read, the PID has to do. */
export const isSameProcess = ({ observed }: TrackedProcess, { startTicks }: ProcStat): boolean =>
  !observed.goneAtFirstSight && (observed.startTicks === undefined || observed.startTicks === startTicks);
