import { tryRead } from '../../proc/errors.ts';
import type { ProcReader, ReadResult } from '../../proc/reader.ts';
import { parseSchedstat, type RunCounters } from '../../proc/schedstat.ts';
import { OpenStats, type OpenStatsOptions } from './open-stats.ts';
import { isSameProcess, noFd, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

/** `idle`: the process has not run since it was last read in full, so nothing has changed. */
export type OldReading = ReadResult | 'idle';

/** An old process as of its last full reading. */
type KnownProcess = RunCounters & {
  /** Its schedstat file; `noFd` if too many files are open. */
  fd: number;
  hasThreads: boolean;
  /** How often it was found idle since then. */
  idleReads: number;
};

/** Another thread can rename the main thread, so a process with several threads is read in full after this many reads. */
const maxIdleReads = 10;

/**
 * Reads old processes. It reads how often a process has run, and its stat line only if it has run since the last time:
 * reading an open schedstat file takes a third of the time of an open stat file.
 */
export class OldProcesses {
  readonly #proc: ProcReader;
  readonly #processes: TrackedProcesses;
  /** Used if the kernel does not count runs; otherwise undefined. */
  readonly #openStats: OpenStats | undefined;
  readonly #known = new Map<TrackedProcess, KnownProcess>();
  /** The counters last read, changed in place. */
  readonly #counters: RunCounters = { ranNs: 0, runs: 0 };
  #maxOpen: number;
  #open = 0;

  constructor(options: OpenStatsOptions) {
    const { proc, processes, maxOpen } = options;
    this.#proc = proc;
    this.#processes = processes;
    this.#maxOpen = maxOpen;
    const countsRuns = this.#readByPath('self/schedstat') || this.#readByPath('1/schedstat');
    this.#openStats = countsRuns ? undefined : new OpenStats(options);
  }

  /** @throws ProcError */
  read(tracked: TrackedProcess): OldReading {
    if (this.#openStats) return this.#openStats.read(tracked);
    const { pid, zombie, hidden } = tracked.observed;
    if (zombie || hidden) return this.#proc.readProcess(pid);
    const known = this.#known.get(tracked) ?? this.#add(tracked);
    // The counters are read first: if the process runs after that, the next reading finds it.
    const isCounted = this.#readCounters(known, pid);
    const { ranNs, runs } = this.#counters;
    if (isCounted && known.runs === runs && known.ranNs === ranNs && !isFullReadingDue(known)) {
      known.idleReads++;
      return 'idle';
    }
    const reading = this.#proc.readProcess(pid);
    const isSame = typeof reading === 'object' && isSameProcess(tracked, reading.stat);
    // The other threads of a main thread that is a zombie can still run.
    if (isCounted && isSame && reading.stat.state !== 'Z') {
      known.ranNs = ranNs;
      known.runs = runs;
      known.hasThreads = reading.stat.threads > 1;
      known.idleReads = 0;
    } else {
      this.#forget(tracked, known);
    }
    return reading;
  }

  /** Closes the files of processes that were removed. */
  sweep(): void {
    this.#openStats?.sweep();
    for (const [tracked, known] of this.#known)
      if (this.#processes.get(tracked.observed.pid) !== tracked) this.#forget(tracked, known);
  }

  /** Closes all files and halves the limit. @returns false when none was open. */
  closeAll(): boolean {
    if (this.#openStats) return this.#openStats.closeAll();
    if (this.#open === 0) return false;
    this.#maxOpen = this.#open >> 1;
    for (const [tracked, known] of this.#known) this.#forget(tracked, known);
    return true;
  }

  #add(tracked: TrackedProcess): KnownProcess {
    const known = { fd: noFd, ranNs: 0, runs: 0, hasThreads: false, idleReads: 0 };
    this.#known.set(tracked, known);
    return known;
  }

  /** Reads the counters of a process. @returns false if they cannot be read. */
  #readCounters(known: KnownProcess, pid: number): boolean {
    const path = `${pid}/schedstat`;
    if (known.fd === noFd && this.#open < this.#maxOpen) {
      known.fd = tryRead(() => this.#proc.openFile(path)) ?? noFd;
      if (known.fd !== noFd) this.#open++;
    }
    if (known.fd === noFd) return this.#readByPath(path);
    return this.#readOpen(known.fd);
  }

  #readByPath(path: string): boolean {
    const fd = tryRead(() => this.#proc.openFile(path));
    if (fd === undefined) return false;
    const isRead = this.#readOpen(fd);
    this.#proc.close(fd);
    return isRead;
  }

  #readOpen(fd: number): boolean {
    const length = tryRead(() => this.#proc.readInto(fd));
    return length !== undefined && parseSchedstat(this.#proc.buffer, length, this.#counters);
  }

  #forget(tracked: TrackedProcess, { fd }: KnownProcess): void {
    this.#known.delete(tracked);
    if (fd === noFd) return;
    this.#proc.close(fd);
    this.#open--;
  }
}

const isFullReadingDue = ({ hasThreads, idleReads }: KnownProcess): boolean =>
  hasThreads && idleReads >= maxIdleReads;
