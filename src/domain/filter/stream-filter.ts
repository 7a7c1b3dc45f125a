import { type ChurnRecord, isProbeEvent, type ProbeEvent, type SpawnedEvent } from '../events/event.ts';
import { Ancestry, type Kin } from '../processes/ancestry.ts';
import { type Guest, unknownGuest } from '../processes/guest.ts';
import type { Accepts } from './filter.ts';
import { RecordSubject } from './subject.ts';
/**
 * Gaps, notes and alerts concern everyone, so they pass every filter. A record passes by any name that its process has borne: whoever
 * asks for `nginx` also wants the birth of what was still called `sh` then, and its end.
 */
export const passes = (record: ChurnRecord, kin: Kin | undefined, filter: Accepts, guest: Guest): boolean =>
  !isProbeEvent(record) ||
  kin === undefined ||
  filter.matches(new RecordSubject(record, kin, guest)) ||
  kin.life.names.some(
    (name) => name !== record.guest_comm && filter.matches(new RecordSubject(record, kin, guest, name)),
  );

/** Births that may pass by a later name; beyond this many the oldest are let go. */
const maxHeld = 65_536;

/**
 * A filter over a stream of records: it must be given all of them, in order, since what a later one leaves out (parent,
 * user, ancestors) is known from an earlier one.
 */
export class Judge {
  readonly ancestry = new Ancestry();
  readonly #filter: Accepts;
  readonly #guest: Guest;
  readonly #held = new Map<number, SpawnedEvent>();

  constructor(filter: Accepts, guest: Guest = unknownGuest) {
    this.#filter = filter;
    this.#guest = guest;
  }

  /** Those that pass. Together, for discovery may list a child before its parent. */
  pass<R extends ChurnRecord>(records: readonly R[]): R[] {
    const kins = records.map((record) => (isProbeEvent(record) ? this.ancestry.apply(record) : undefined));
    this.ancestry.settle();
    return records.flatMap((record, index) => {
      const kin = this.#settled(record, kins[index]);
      const passed = passes(record, kin, this.#filter, this.#guest);
      if (!isProbeEvent(record) || kin === undefined) return passed ? [record] : [];
      const birth = this.#birthOf(record, kin, passed) as R | undefined;
      return [...(birth ? [birth] : []), ...(passed ? [record] : [])];
    });
  }

  /** A birth that was held back comes right before the exec whose name lets it through. */
  #birthOf(event: ProbeEvent, kin: Kin, passed: boolean): SpawnedEvent | undefined {
    const { guest_pid: pid } = event;
    if (event.probe_source === 'process.spawned') {
      this.#held.delete(pid);
      if (!passed) this.#hold(event);
      return undefined;
    }
    const held = this.#held.get(pid);
    if (held === undefined) return undefined;
    const released = event.probe_source === 'process.exec' && passes(held, kin, this.#filter, this.#guest);
    if (released || event.probe_source === 'process.exited') this.#held.delete(pid);
    return released ? held : undefined;
  }

  #hold(event: SpawnedEvent): void {
    this.#held.set(event.guest_pid, event);
    if (this.#held.size <= maxHeld) return;
    const [oldest] = this.#held.keys();
    this.#held.delete(oldest as number);
  }

  /** One found alive has its line only now that all of them are known. */
  #settled(record: ChurnRecord, kin: Kin | undefined): Kin | undefined {
    return kin && 'initial' in record ? (this.ancestry.find(kin) ?? kin) : kin;
  }
}
