import { BoundedMap } from '../../util/bounded-map.ts';
import { type ChurnRecord, isProbeEvent, type ProbeEvent, type SpawnedEvent } from '../events/event.ts';
import { addName, type ProcessOrigin } from '../processes/process-origin.ts';
import type { EntryGuest, LogEntry } from '../processes/system-state.ts';

/** Finds the spawn event of a live process of a guest, with its current name and user. */
export type FindLive = (pid: number) => SpawnedEvent | undefined;

/** Maximum number of ancestors of a process that an entry has. */
const maxAncestors = 16;
/** Maximum number of processes whose origin is remembered. */
const maxOrigins = 1 << 14;

/**
 * Makes the log entries of one guest from its light state. It remembers the origins of processes that were seen to spawn
 * and are alive, so that an exec appears on the line of its spawn.
 */
export class GuestLog {
  readonly #find: FindLive;
  readonly #origins = new BoundedMap<ProcessOrigin>(maxOrigins);

  constructor(find: FindLive) {
    this.#find = find;
  }

  /** Returns the entry of a logged record. Must be called before the record is applied to the light state. */
  entryOf(record: ChurnRecord, from: EntryGuest): LogEntry {
    if (!isProbeEvent(record))
      return { record, parentComm: undefined, origin: undefined, mergedIntoSpawn: false, from };
    const origin = this.#originOf(record);
    const program = origin.nameHistory.program;
    if (record.probe_source === 'process.exec') addName(origin, record);
    const mergedIntoSpawn = origin.nameHistory.program !== program;
    const parentComm =
      'guest_ppid' in record || record.probe_source === 'process.exited'
        ? this.#commOf('guest_ppid' in record ? record.guest_ppid : origin.ppid)
        : undefined;
    return { record, parentComm, origin, mergedIntoSpawn, from };
  }

  #commOf(pid: number | undefined): string | undefined {
    return pid === undefined ? undefined : this.#find(pid)?.guest_comm;
  }

  #originOf(event: ProbeEvent): ProcessOrigin {
    const { guest_pid: pid } = event;
    if (event.probe_source === 'process.spawned') {
      const origin = this.#newOrigin(event, event.guest_monotonic_ns);
      this.#origins.set(pid, origin);
      return origin;
    }
    const known = this.#origins.get(pid);
    if (event.probe_source === 'process.exited') this.#origins.take(pid);
    if (!known) return this.#newOrigin(this.#find(pid) ?? event, undefined);
    if (!('guest_uid' in event) || event.guest_uid === known.uid) return known;
    const changed = { ...known, uid: event.guest_uid };
    this.#origins.set(pid, changed);
    return changed;
  }

  #newOrigin(event: ProbeEvent, spawnedNs: bigint | undefined): ProcessOrigin {
    const spawn = event.probe_source === 'process.spawned' ? event : undefined;
    const { guest_ppid: ppid, guest_uid: uid, initial = false, cgroup, args } = spawn ?? {};
    const ancestors: number[] = [];
    for (let next = ppid; next !== undefined && next > 0; next = this.#find(next)?.guest_ppid) {
      if (ancestors.length >= maxAncestors || ancestors.includes(next)) break;
      ancestors.push(next);
    }
    return {
      pid: event.guest_pid,
      startTicks: event.start_ticks,
      ppid,
      uid,
      initial,
      ...(cgroup !== undefined && { cgroup }),
      spawnedNs,
      // A copy has no room to grow.
      ancestors: ancestors.slice(),
      nameHistory: args
        ? { names: [event.guest_comm], program: undefined, args }
        : { names: [event.guest_comm], program: undefined },
    };
  }
}
