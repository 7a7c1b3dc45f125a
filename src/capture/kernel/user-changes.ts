import { userEvent } from '../../proc/lifecycle-events.ts';
import type { KernelProcess, KernelProcesses } from './kernel-processes.ts';
import { earlier } from './record-queue.ts';

/** The exec of a setuid program first changes the user, and reads the program before the event of the exec. */
const execDelayMs = 5;

/**
 * Changes of the user that wait for an exec. A setuid program changes the user during the exec, so that its exec event
 * follows; the exec record then reports both. Every other change is a record of its own.
 */
export class UserChanges {
  readonly #processes: KernelProcesses;
  #waiting: KernelProcess[] = [];

  constructor(processes: KernelProcesses) {
    this.#processes = processes;
  }

  /** The earliest change that waits, CLOCK_MONOTONIC ns; undefined if there is none. */
  get earliestNs(): bigint | undefined {
    let earliest: bigint | undefined;
    // Not in order: a process whose change was reported, and that has changed again, is there twice.
    for (const { userChange } of this.#waiting) earliest = earlier(earliest, userChange?.timeNs);
    return earliest;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  add(process: KernelProcess, { uid, timeNs, nowMs }: { uid: number; timeNs: bigint; nowMs: number }): void {
    this.report(process);
    if (uid === process.observed.uid) return;
    process.userChange = { uid, timeNs, dueMs: nowMs + execDelayMs };
    this.#waiting.push(process);
  }

  /** Applies the change of a process that executes a program. */
  mergeIntoExec(process: KernelProcess): void {
    const change = process.userChange;
    process.userChange = undefined;
    if (change) process.observed = { ...process.observed, uid: change.uid };
  }

  /** Reports the change of a process now, because no exec can follow. */
  report(process: KernelProcess): void {
    const change = process.userChange;
    if (!change) return;
    const { uid, timeNs } = change;
    const previousUid = process.observed.uid;
    process.userChange = undefined;
    process.observed = { ...process.observed, uid };
    const time = { nowNs: timeNs, windowNs: undefined };
    this.#processes.emit(process, userEvent(process.observed, { uid, previousUid, time }));
  }

  /** Reports the changes that were not followed by an exec. */
  expire(nowMs: number): void {
    if (this.#waiting.length === 0) return;
    for (const process of this.#waiting)
      if (process.userChange && nowMs >= process.userChange.dueMs) this.report(process);
    this.#waiting = this.#waiting.filter(({ userChange }) => userChange);
  }
}
