import type { ProbeEvent } from '../../domain/events/event.ts';
import { Roster } from '../../util/bounded-map.ts';

/** What an end does not say of itself and the beginning did. */
export type Known = {
  comm: string;
  ppid: number | undefined;
  parentComm: string | undefined;
  uid: number | undefined;
  /** When its birth was seen; undefined when it was found alive. */
  bornNs: bigint | undefined;
};

/** Follows who is alive, so that each record can name the parent, the user and the birth of its process. */
export class KnownProcesses {
  #roster = new Roster<Known>();

  forget(): void {
    this.#roster = new Roster();
  }

  see(event: ProbeEvent): Known {
    const known = this.#roster.get(event.guest_pid);
    switch (event.probe_source) {
      case 'process.spawned': {
        const { guest_ppid, guest_uid, guest_comm } = event;
        return this.#keep(event.guest_pid, {
          comm: guest_comm,
          ppid: guest_ppid,
          parentComm: guest_ppid === undefined ? undefined : this.#roster.get(guest_ppid)?.comm,
          uid: guest_uid,
          bornNs: event.initial ? undefined : event.guest_monotonic_ns,
        });
      }
      case 'process.exec':
        return this.#keep(event.guest_pid, {
          ...(known ?? stranger),
          comm: event.guest_comm,
          uid: event.guest_uid ?? known?.uid,
        });
      case 'process.zombie':
        return known ?? { ...stranger, comm: event.guest_comm, ppid: event.guest_ppid };
      case 'process.exited':
        return this.#roster.take(event.guest_pid) ?? { ...stranger, comm: event.guest_comm };
    }
  }

  #keep(pid: number, known: Known): Known {
    this.#roster.set(pid, known);
    return known;
  }
}

const stranger: Known = {
  comm: '',
  ppid: undefined,
  parentComm: undefined,
  uid: undefined,
  bornNs: undefined,
};
