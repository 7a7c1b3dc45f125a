import { setLateArgs } from '../../domain/processes/process-origin.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import type { EventSource } from '../../domain/source/event-source.ts';

/** Entries that wait for a read at a time. In a storm, others keep the comm. A read takes less than a millisecond. */
const maxWaiting = 16;

/** Reads the commands of new log entries that were not read in time, because a printed line cannot change later. */
export class UnreadCommands {
  readonly #source: EventSource;
  readonly #system: SystemState;
  /** Entries that wait, or are being read, oldest first. */
  readonly #waiting = new Set<LogEntry>();
  /** Entries whose command was requested. Each is read once. */
  readonly #requested = new WeakSet<LogEntry>();
  #isReading = false;

  constructor(source: EventSource, system: SystemState) {
    this.#source = source;
    this.#system = system;
  }

  /** Returns whether the command of an entry may be known soon. A read ends after a second at the latest. */
  isWaiting(entry: LogEntry): boolean {
    return this.#waiting.has(entry);
  }

  /** Starts to read the command of a spawn or exec entry, if it is not known. */
  read(entry: LogEntry): void {
    if (!this.#source.readDetails || this.#waiting.size >= maxWaiting) return;
    if (this.#requested.has(entry) || !this.#isUnread(entry)) return;
    this.#requested.add(entry);
    this.#waiting.add(entry);
    if (!this.#isReading) void this.#readAll();
  }

  /** Waits for no more commands. */
  stop(): void {
    this.#waiting.clear();
  }

  #isUnread({ record, origin }: LogEntry): boolean {
    if (record.probe_source !== 'process.spawned' && record.probe_source !== 'process.exec') return false;
    // A fork may be about to execute another program.
    if (!origin || origin.nameHistory.isFork || origin.nameHistory.args !== undefined) return false;
    const process = this.#system.table.get(record.guest_pid);
    if (!process || process.startTicks !== record.start_ticks) return false;
    return process.exitedNs === undefined && !process.zombie && !process.kthread;
  }

  /** Reads one process after the other: each read occupies a thread. */
  async #readAll(): Promise<void> {
    this.#isReading = true;
    for (const entry of this.#waiting) {
      const { origin } = entry;
      const args = origin && (await this.#source.readDetails?.(origin))?.args;
      if (args && args.length > 0) setLateArgs(origin, args);
      this.#waiting.delete(entry);
    }
    this.#isReading = false;
  }
}
