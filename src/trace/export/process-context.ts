import type { ProbeEvent } from '../../domain/events/event.ts';
import { inheritedCgroup } from '../../domain/processes/process-origin.ts';
import { BoundedMap } from '../../util/bounded-map.ts';

/** Facts about a process that only earlier records contain. */
export type ProcessContext = {
  comm: string;
  ppid: number | undefined;
  parentComm: string | undefined;
  uid: number | undefined;
  /** Path of its cgroup, or of that of its parent at the spawn. */
  cgroup: string | undefined;
  /** Time of the spawn; undefined if the process was found alive. */
  spawnedNs: bigint | undefined;
};

/** Tracks live processes, so that each exported record has the parent, user and spawn time of its process. */
export class ProcessContexts {
  #contexts = new BoundedMap<ProcessContext>();

  /** Removes all processes. */
  reset(): void {
    this.#contexts = new BoundedMap();
  }

  /** Applies an event. Returns the facts about its process. */
  apply(event: ProbeEvent): ProcessContext {
    const context = this.#contexts.get(event.guest_pid);
    switch (event.probe_source) {
      case 'process.spawned': {
        const { guest_ppid, guest_uid, guest_comm, initial } = event;
        const parent = guest_ppid === undefined ? undefined : this.#contexts.get(guest_ppid);
        return this.#store(event.guest_pid, {
          comm: guest_comm,
          ppid: guest_ppid,
          parentComm: parent?.comm,
          uid: guest_uid,
          cgroup: event.cgroup ?? (initial ? undefined : inheritedCgroup(parent)),
          spawnedNs: initial ? undefined : event.guest_monotonic_ns,
        });
      }
      case 'process.exec':
        return this.#store(event.guest_pid, {
          ...(context ?? unknownProcess),
          comm: event.guest_comm,
          uid: event.guest_uid ?? context?.uid,
          cgroup: event.cgroup ?? context?.cgroup,
        });
      case 'process.user':
        return this.#store(event.guest_pid, {
          ...(context ?? unknownProcess),
          comm: event.guest_comm,
          uid: event.guest_uid,
        });
      case 'process.zombie':
        return context ?? { ...unknownProcess, comm: event.guest_comm, ppid: event.guest_ppid };
      case 'process.exited':
        return this.#contexts.take(event.guest_pid) ?? { ...unknownProcess, comm: event.guest_comm };
    }
  }

  #store(pid: number, context: ProcessContext): ProcessContext {
    this.#contexts.set(pid, context);
    return context;
  }
}

const unknownProcess: ProcessContext = {
  comm: '',
  ppid: undefined,
  parentComm: undefined,
  uid: undefined,
  cgroup: undefined,
  spawnedNs: undefined,
};
