import { isOutOfFds } from '../../proc/errors.ts';
import type { ProcReader, StatSnapshot } from '../../proc/reader.ts';
import type { RecentProcesses } from './recent-processes.ts';
import { noFd, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

/** An open stat file, and its content when it was opened. */
export type OpenStat = { fd: number; snapshot: StatSnapshot };

/** The result of probing a PID. */
export type ProbeResult = {
  pid: number;
  /** The process known by this PID before the probe. */
  known: TrackedProcess | undefined;
  /** Whether that process has certainly exited: its open stat file fails with ESRCH. */
  knownExited: boolean;
  /** The task that has the PID now. 'same': the known process, read through its open stat file. */
  found: OpenStat | 'same' | 'gone' | 'hidden';
};

export type PidProbeOptions = { proc: ProcReader; processes: TrackedProcesses; recent: RecentProcesses };

/** Determines which task has a PID, without changing any state. A result may have an open descriptor. */
export class PidProbe {
  readonly #proc: ProcReader;
  readonly #processes: TrackedProcesses;
  readonly #recent: RecentProcesses;

  constructor({ proc, processes, recent }: PidProbeOptions) {
    this.#proc = proc;
    this.#processes = processes;
    this.#recent = recent;
  }

  /** @throws ProcError */
  probe(pid: number): ProbeResult {
    const known = this.#processes.get(pid);
    if (!known || known.fd === noFd) return { pid, known, knownExited: false, found: this.#open(pid) };
    const knownExited = this.#proc.readStat(known.fd) === 'gone';
    return { pid, known, knownExited, found: knownExited ? this.#open(pid) : 'same' };
  }

  /** Closes the descriptors of results that will not be used. */
  closeAll(results: readonly ProbeResult[]): void {
    for (const { found } of results) if (typeof found === 'object') this.#proc.close(found.fd);
  }

  #open(pid: number): OpenStat | 'gone' | 'hidden' {
    try {
      return this.#proc.openStat(pid);
    } catch (error) {
      // The descriptors of recent processes only save time: a new process is more important.
      if (!isOutOfFds(error) || !this.#recent.closeAll()) throw error;
      return this.#proc.openStat(pid);
    }
  }
}
