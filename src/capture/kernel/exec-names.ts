import type { Comm } from '../../proc/comm.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { ExecEvent, KernelEvent } from './kernel-event.ts';
import { readComm } from './read-threads.ts';

/**
 * Reads the names of programs that were executed, before the events are applied: applying takes longer than some
 * programs run.
 */
export class ExecNames {
  readonly #proc: ProcReader;
  readonly #names = new Map<ExecEvent, Comm | undefined>();

  constructor(proc: ProcReader) {
    this.#proc = proc;
  }

  /** Reads the names for the exec events, the newest first: the older processes have probably exited. */
  read(events: readonly KernelEvent[]): void {
    this.#names.clear();
    const forked = new Set<number>();
    for (let index = events.length - 1; index >= 0; index--) {
      const event = events[index] as KernelEvent;
      // A fork after the exec shows that the PID belongs to another process or thread by now.
      if (event.type === 'fork') forked.add(event.tid);
      else if (event.type === 'exec')
        this.#names.set(event, forked.has(event.pid) ? undefined : readComm(this.#proc, event.pid));
    }
  }

  /** Returns the name that was read for an event; undefined if the process was gone or hidden. */
  of(event: ExecEvent): Comm | undefined {
    return this.#names.get(event);
  }
}
