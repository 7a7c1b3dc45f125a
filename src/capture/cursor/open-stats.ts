import { ProcError } from '../../proc/errors.ts';
import type { ProcReader, ReadResult } from '../../proc/reader.ts';
import type { ProcStat } from '../../proc/stat.ts';
import { isSameProcess, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

export type OpenStatsOptions = {
  proc: ProcReader;
  processes: TrackedProcesses;
  /** How many stat files may be open at once. The kernel keeps a page of memory for each. */
  maxOpen: number;
};

/** Keeps the stat files of old processes open, because reading an open one takes a third of the time. */
export class OpenStats {
  readonly #proc: ProcReader;
  readonly #processes: TrackedProcesses;
  readonly #fds = new Map<TrackedProcess, number>();
  #maxOpen: number;

  constructor({ proc, processes, maxOpen }: OpenStatsOptions) {
    this.#proc = proc;
    this.#processes = processes;
    this.#maxOpen = maxOpen;
  }

  /** Reads a process by its open stat file, or else by its PID. @throws ProcError */
  read(tracked: TrackedProcess): ReadResult {
    const { pid, uid } = tracked.observed;
    const fd = this.#fds.get(tracked);
    if (fd === undefined) return this.#open(tracked);
    const stat = this.#readStat(fd);
    // The user is read by PID. If it has changed, the process may be another one.
    if (stat !== undefined && this.#proc.readUid(pid) === uid) return { stat, uid };
    this.#close(tracked, fd);
    return this.#proc.readProcess(pid);
  }

  /** Closes the files of processes that were removed. */
  sweep(): void {
    for (const [tracked, fd] of this.#fds)
      if (this.#processes.get(tracked.observed.pid) !== tracked) this.#close(tracked, fd);
  }

  /** Closes all files and halves the limit. @returns false when none was open. */
  closeAll(): boolean {
    if (this.#fds.size === 0) return false;
    this.#maxOpen = this.#fds.size >> 1;
    for (const [tracked, fd] of this.#fds) this.#close(tracked, fd);
    return true;
  }

  #open(tracked: TrackedProcess): ReadResult {
    const { pid } = tracked.observed;
    if (this.#fds.size >= this.#maxOpen) return this.#proc.readProcess(pid);
    const opened = this.#proc.openStat(pid);
    if (typeof opened === 'string') return opened;
    if (isSameProcess(tracked, opened.snapshot.stat)) this.#fds.set(tracked, opened.fd);
    else this.#proc.close(opened.fd);
    return opened.snapshot;
  }

  /** Returns undefined if the process is gone, or if the file cannot be read. */
  #readStat(fd: number): ProcStat | undefined {
    try {
      const stat = this.#proc.readStat(fd);
      return stat === 'gone' ? undefined : stat;
    } catch (error) {
      if (error instanceof ProcError) return undefined;
      throw error;
    }
  }

  #close(tracked: TrackedProcess, fd: number): void {
    this.#fds.delete(tracked);
    this.#proc.close(fd);
  }
}
