import type { ProbeEvent } from '../domain/events/event.ts';
import { ExitCodeAccess } from './exit-code-access.ts';
import { observeAgain, observeFirst } from './lifecycle.ts';
import { exitEvent, type ObservedProcess, type SampleTime } from './lifecycle-events.ts';
import { openProcReader, type ProcReader, type ReadResult } from './reader.ts';

export type WalkerOptions = {
  /** Proc root, or a reader of one. Default: `/proc`. */
  proc?: string | ProcReader;
  /** Returns CLOCK_MONOTONIC in ns. Default: `process.hrtime.bigint`. */
  now?: () => bigint;
  /** Boot clock minus monotonic clock, ns, which converts start ticks to monotonic time. Default: 0. */
  bootOffsetNs?: bigint;
};

/**
 * The reference walker: compares listings of the proc root and reports spawns and exits.
 * The order is that of the reference: spawns in directory order, then exits. It differs from the reference as follows:
 * a root that cannot be read is an error and changes nothing, the exit of a process comes before the spawn of another
 * one with the same PID, and exec and zombie events are reported.
 */
export class ProcWalker {
  readonly #proc: ProcReader;
  readonly #exitCodes: ExitCodeAccess;
  readonly #now: () => bigint;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
  #processes = new Map<number, ObservedProcess>();
  #lastNs: bigint | undefined;

  constructor(options: WalkerOptions = {}) {
    this.#proc = typeof options.proc === 'object' ? options.proc : openProcReader(options.proc);
    this.#exitCodes = new ExitCodeAccess(this.#proc);
    this.#now = options.now ?? process.hrtime.bigint;
    this.bootOffsetNs = options.bootOffsetNs ?? 0n;
  }

  /** Number of live processes as of the last poll. */
  get alive(): number {
    return this.#processes.size;
  }

  /** Number of them that are listed but not readable for this user. */
  get hidden(): number {
    let count = 0;
    for (const process of this.#processes.values()) if (process.hidden) count++;
    return count;
  }

  /**
   * Returns the events since the last poll: exits of reused PIDs, then spawn, exec and zombie events in directory
   * order, then the other exits. Exits are ordered by PID. The first poll marks all processes as `initial`.
   * @throws ProcError if the root cannot be listed, or if a read fails for another reason than an exit. The state is
   *   unchanged then, so that the next poll reports the changes.
   */
  poll(): ProbeEvent[] {
    const nowNs = this.#now();
    const time: SampleTime = {
      nowNs,
      windowNs: this.#lastNs === undefined ? undefined : nowNs - this.#lastNs,
    };
    // Reads everything before it changes anything, so that a failed listing reports no exits.
    const readings = this.#proc
      .listPids()
      .map((pid): [number, ReadResult] => [pid, this.#proc.readProcess(pid)]);

    const next = new Map<number, ObservedProcess>();
    const reused: ObservedProcess[] = [];
    const events: ProbeEvent[] = [];
    const exitCodes = this.#exitCodes;
    for (const [pid, reading] of readings) {
      const previous = this.#processes.get(pid);
      if (previous && isSameProcess(previous, reading)) {
        next.set(pid, observeReading(previous, { reading, time, events, exitCodes }));
      } else {
        if (previous) reused.push(previous);
        next.set(pid, observeFirst({ pid, reading, time, events, exitCodes }));
      }
    }
    const gone: ObservedProcess[] = [];
    for (const previous of this.#processes.values()) {
      if (next.has(previous.pid)) continue;
      if (previous.goneAtFirstRead || !this.#proc.isConcealed(previous.pid)) gone.push(previous);
      else next.set(previous.pid, { ...previous, hidden: true });
    }
    this.#processes = next;
    this.#lastNs = nowNs;

    const exits = (list: ObservedProcess[]) =>
      list.sort((a, b) => a.pid - b.pid).map((process) => exitEvent(process, time, this.bootOffsetNs));
    return [...exits(reused), ...events, ...exits(gone)];
  }
}

/**
 * Returns whether a reading is of the same process. Without a start time, the PID suffices. A PID that stays listed but
 * cannot be read, because its directory is empty, is one process.
 */
const isSameProcess = (previous: ObservedProcess, reading: ReadResult): boolean => {
  if (previous.goneAtFirstRead) return reading === 'gone';
  if (typeof reading === 'string' || previous.startTicks === undefined) return true;
  return previous.startTicks === reading.stat.startTicks;
};

type Reading = { reading: ReadResult; time: SampleTime; events: ProbeEvent[]; exitCodes: ExitCodeAccess };

const observeReading = (previous: ObservedProcess, { reading, ...sample }: Reading): ObservedProcess => {
  // It exited after it was listed. The next listing will omit it.
  if (reading === 'gone') return previous;
  if (reading === 'hidden') return previous.hidden ? previous : { ...previous, hidden: true };
  return observeAgain(previous, { ...reading, ...sample });
};
