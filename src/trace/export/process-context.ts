import type { ProbeEvent } from '../../domain/events/event.ts';
import { BoundedMap } from '../../util/bounded-map.ts';

/** What an end does not say of itself and the beginning did. */
export type ProcessContext = {
  comm: string;
  ppid: number | undefined;
  parentComm: string | undefined;
  uid: number | undefined;
  /** When its birth was seen; undefined when it was found alive. */
  spawnedNs: bigint | undefined;
};

/** Follows who is alive, so that each record can name the parent, the user and the birth of its process. */
export class ProcessContexts {
  #contexts = new BoundedMap<ProcessContext>();

  reset(): void {
    this.#contexts = new BoundedMap();
  }

  apply(event: ProbeEvent): ProcessContext {
    const known = this.#contexts.get(event.guest_pid);
    switch (event.probe_source) {
      case 'process.spawned': {
        const { guest_ppid, guest_uid, guest_comm } = event;
        return this.#store(event.guest_pid, {
          comm: guest_comm,
          ppid: guest_ppid,
          parentComm: guest_ppid === undefined ? undefined : this.#contexts.get(guest_ppid)?.comm,
          uid: guest_uid,
          spawnedNs: event.initial ? undefined : event.guest_monotonic_ns,
        });
      }
      case 'process.exec':
        return this.#store(event.guest_pid, {
          ...(known ?? unknownProcess),
          comm: event.guest_comm,
          uid: event.guest_uid ?? known?.uid,
        });
      case 'process.zombie':
        return known ?? { ...unknownProcess, comm: event.guest_comm, ppid: event.guest_ppid };
      case 'process.exited':
        return this.#contexts.take(event.guest_pid) ?? { ...unknownProcess, comm: event.guest_comm };
    }
  }

  #store(pid: number, known: ProcessContext): ProcessContext {
    this.#contexts.set(pid, known);
    return known;
  }
}

const unknownProcess: ProcessContext = {
  comm: '',
  ppid: undefined,
  parentComm: undefined,
  uid: undefined,
  spawnedNs: undefined,
};
