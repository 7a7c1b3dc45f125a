import type { ProbeEvent } from '../domain/events/event.ts';
import { exitEvent, type ObservedProcess, observeAgain, observeFirst, type SampleTime } from './lifecycle.ts';
import { openProcReader, type ProcReader, type ReadResult } from './reader.ts';

export type WalkerOptions = {
  /** The proc root, or a reader of one. Default `/proc`. */
  proc?: string | ProcReader;
  /** CLOCK_MONOTONIC in ns. Default `process.hrtime.bigint`. */
  now?: () => bigint;
  /** Boot clock minus monotonic clock, ns: turns start ticks into monotonic time. Default 0. */
  bootOffsetNs?: bigint;
};

/**
 * The reference walker: compares whole listings of the proc root, poll by poll, and tells who came and who went.
 * It keeps the reference's order (spawns in directory order, then exits) and mends its faults: a root that cannot be
 * read is an error and changes nothing, a reused PID is exited before it is spawned again, and exec is followed.
 */
export class ProcWalker {
  readonly #proc: ProcReader;
  readonly #now: () => bigint;
  readonly #bootOffsetNs: bigint;
  #processes = new Map<number, ObservedProcess>();
  #lastNs: bigint | undefined;

  constructor(options: WalkerOptions = {}) {
    this.#proc = typeof options.proc === 'object' ? options.proc : openProcReader(options.proc);
    this.#now = options.now ?? process.hrtime.bigint;
    this.#bootOffsetNs = options.bootOffsetNs ?? 0n;
  }

  /** How many processes are alive, as of the last poll. */
  get alive(): number {
    return this.#processes.size;
  }

  /** How many of them are listed but not readable for this user. */
  get hidden(): number {
    let count = 0;
    for (const tracked of this.#processes.values()) if (tracked.hidden) count++;
    return count;
  }

  /**
   * What changed since the last poll: spawns and what became of the living in directory order, then exits by
   * ascending PID (those of reused PIDs first of all). The first poll finds everyone and marks them `initial`.
   * @throws ProcError when the root cannot be listed, or a read fails other than by the process's end. The state is
   *   then as before the poll, so nothing is lost: the next poll reports it.
   */
  poll(): ProbeEvent[] {
    const nowNs = this.#now();
    const moment: SampleTime = {
      nowNs,
      windowNs: this.#lastNs === undefined ? undefined : nowNs - this.#lastNs,
    };
    // Everything is read before anything is changed: a sweep that fails half-way must not end the unread half.
    const readings = this.#proc
      .listPids()
      .map((pid): [number, ReadResult] => [pid, this.#proc.readProcess(pid)]);

    const next = new Map<number, ObservedProcess>();
    const reused: ObservedProcess[] = [];
    const events: ProbeEvent[] = [];
    for (const [pid, reading] of readings) {
      const before = this.#processes.get(pid);
      if (before && isSameProcess(before, reading)) {
        next.set(pid, observeReading(before, reading, moment, events));
      } else {
        if (before) reused.push(before);
        next.set(pid, observeFirst(pid, reading, moment, events));
      }
    }
    const gone = [...this.#processes.values()].filter(({ pid }) => !next.has(pid));
    this.#processes = next;
    this.#lastNs = nowNs;

    const exits = (list: ObservedProcess[]) =>
      list.sort((a, b) => a.pid - b.pid).map((tracked) => exitEvent(tracked, moment, this.#bootOffsetNs));
    return [...exits(reused), ...events, ...exits(gone)];
  }
}

/** Where the start time is unknown on either side, the PID has to do. */
const isSameProcess = (before: ObservedProcess, reading: ReadResult): boolean => {
  if (before.goneAtFirstSight) return false;
  if (typeof reading === 'string' || before.startTicks === undefined) return true;
  return before.startTicks === reading.stat.startTicks;
};

const observeReading = (
  before: ObservedProcess,
  reading: ReadResult,
  moment: SampleTime,
  events: ProbeEvent[],
): ObservedProcess => {
  // Gone between listing and reading: it is still what it was, and the next listing lacks it.
  if (reading === 'gone') return before;
  if (reading === 'hidden') return before.hidden ? before : { ...before, hidden: true };
  return observeAgain(before, reading, moment, events);
};
