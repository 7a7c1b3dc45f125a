import type { ProbeEvent, SpawnedEvent } from '../events/event.ts';

/** One process as the table shows it: the fold of its events so far. */
export type ProcessEntry = {
  /** How many were seen before it: the order of arrival. */
  arrivalIndex: number;
  pid: number;
  startTicks: number | undefined;
  comm: string;
  commHex: string | undefined;
  /** The spawner, as first seen. */
  ppid: number | undefined;
  uid: number | undefined;
  kthread: boolean;
  /** Found alive at the start: its birth was not seen. */
  initial: boolean;
  /** When it was first seen, CLOCK_MONOTONIC ns. */
  firstSeenNs: bigint;
  zombie: boolean;
  /** When it was seen to be gone; undefined while it lives. */
  exitedNs: bigint | undefined;
  lifetimeNs: bigint | undefined;
  exitCode: number | undefined;
  exitSignal: number | undefined;
};

/** All there is to know of a `LiveTable`, as plain values: the living in order of arrival. */
export type TableSnapshot = { live: ProcessEntry[]; exited: ProcessEntry[]; arrivals: number };

/** How long an ended process stays in the table, struck out. */
const keepExitedNs = 1_000_000_000n;
/** No storm of exits may grow the table: beyond this many the oldest leave at once. */
const maxExited = 500;

const newEntry = (event: SpawnedEvent, arrivalIndex: number): ProcessEntry => ({
  arrivalIndex,
  pid: event.guest_pid,
  startTicks: event.start_ticks,
  comm: event.guest_comm,
  commHex: event.comm_hex,
  ppid: event.guest_ppid,
  uid: event.guest_uid,
  kthread: event.kthread ?? false,
  initial: event.initial ?? false,
  firstSeenNs: event.guest_monotonic_ns,
  zombie: false,
  exitedNs: undefined,
  lifetimeNs: undefined,
  exitCode: undefined,
  exitSignal: undefined,
});

/**
 * Who is alive, in order of arrival, plus who has just left. Values are replaced, never changed in place, so a
 * clone is a frozen picture. A stream names each process by PID between its spawn and its exit: the source
 * guarantees that a reused PID is exited before it is spawned again.
 */
export class ProcessTable {
  #live = new Map<number, ProcessEntry>();
  #exited: ProcessEntry[] = [];
  #zombies = 0;
  #arrivals = 0;

  get size(): number {
    return this.#live.size;
  }

  get zombies(): number {
    return this.#zombies;
  }

  get(pid: number): ProcessEntry | undefined {
    return this.#live.get(pid);
  }

  /** The living, oldest arrival first. */
  live(): IterableIterator<ProcessEntry> {
    return this.#live.values();
  }

  /** Those that ended within the last second, oldest first. */
  recentlyExited(): readonly ProcessEntry[] {
    return this.#exited;
  }

  apply(event: ProbeEvent): void {
    const known = this.#live.get(event.guest_pid);
    switch (event.probe_source) {
      case 'process.spawned':
        // A recorder that begins a new part tells again who is alive; those whose birth was seen stay as they are.
        if (event.initial && known && known.startTicks === event.start_ticks) return;
        if (known?.zombie) this.#zombies--;
        this.#live.delete(event.guest_pid);
        this.#live.set(event.guest_pid, newEntry(event, this.#arrivals++));
        return;
      case 'process.exec':
        if (!known) return;
        this.#live.set(event.guest_pid, {
          ...known,
          comm: event.guest_comm,
          commHex: event.comm_hex,
          uid: event.guest_uid ?? known.uid,
        });
        return;
      case 'process.zombie':
        if (!known || known.zombie) return;
        this.#zombies++;
        this.#live.set(event.guest_pid, { ...known, zombie: true });
        return;
      case 'process.exited':
        if (!known) return;
        if (known.zombie) this.#zombies--;
        this.#live.delete(event.guest_pid);
        this.#exited.push({
          ...known,
          exitedNs: event.guest_monotonic_ns,
          lifetimeNs: event.lifetime_ns,
          exitCode: event.exit_code,
          exitSignal: event.exit_signal,
        });
        if (this.#exited.length > maxExited) this.#exited.shift();
        return;
      default:
        event satisfies never;
    }
  }

  /** Let go of those whose second is over. */
  advance(nowNs: bigint): void {
    const stays = this.#exited.findIndex((process) => nowNs - (process.exitedNs as bigint) < keepExitedNs);
    if (stays === 0) return;
    this.#exited = stays < 0 ? [] : this.#exited.slice(stays);
  }

  snapshot(): TableSnapshot {
    return { live: [...this.#live.values()], exited: this.#exited.slice(), arrivals: this.#arrivals };
  }

  static restore({ live, exited, arrivals }: TableSnapshot): ProcessTable {
    const table = new ProcessTable();
    for (const process of live) {
      table.#live.set(process.pid, process);
      if (process.zombie) table.#zombies++;
    }
    table.#exited = exited.slice();
    table.#arrivals = arrivals;
    return table;
  }

  clone(): ProcessTable {
    const copy = new ProcessTable();
    copy.#live = new Map(this.#live);
    copy.#exited = this.#exited.slice();
    copy.#zombies = this.#zombies;
    copy.#arrivals = this.#arrivals;
    return copy;
  }
}

/** What its age is told by. */
export type AgedProcess = Pick<
  ProcessEntry,
  'startTicks' | 'initial' | 'firstSeenNs' | 'exitedNs' | 'lifetimeNs'
>;

/** How long it has run: since its birth was seen, or, found alive, since its start ticks (10 ms steps). */
export const ageNs = (process: AgedProcess, nowNs: bigint, bootOffsetNs: bigint): bigint | undefined => {
  if (process.exitedNs !== undefined) return process.lifetimeNs;
  if (!process.initial) return nowNs - process.firstSeenNs;
  if (process.startTicks === undefined) return undefined;
  const age = nowNs + bootOffsetNs - BigInt(process.startTicks) * 10_000_000n;
  return age < 0n ? 0n : age;
};
