import { type ChurnRecord, isProbeEvent, type ProbeEvent, type SpawnedEvent } from '../events/event.ts';
import { Ancestry, type ProcessOrigin } from '../processes/ancestry.ts';
import { type Guest, unknownGuest } from '../processes/guest.ts';
import type { CompiledFilter } from './filter.ts';
import { RecordSubject } from './subject.ts';
/**
 * Gaps, notes and alerts concern everyone, so they pass every filter. A record passes by any name that its process has borne: whoever
 * asks for `nginx` also wants the birth of what was still called `sh` then, and its end.
 */
export const matchesRecord = (
  record: ChurnRecord,
  kin: ProcessOrigin | undefined,
  filter: CompiledFilter,
  guest: Guest,
): boolean =>
  !isProbeEvent(record) ||
  kin === undefined ||
  filter.matches(new RecordSubject(record, kin, guest)) ||
  kin.nameHistory.names.some(
    (name) => name !== record.guest_comm && filter.matches(new RecordSubject(record, kin, guest, name)),
  );

/** Births that may pass by a later name; beyond this many the oldest are let go. */
const maxWithheldSpawns = 65_536;

/**
 * A filter over a stream of records: it must be given all of them, in order, since what a later one leaves out (parent,
 * user, ancestors) is known from an earlier one.
 */
export class StreamFilter {
  readonly ancestry = new Ancestry();
  readonly #filter: CompiledFilter;
  readonly #guest: Guest;
  readonly #withheldSpawns = new Map<number, SpawnedEvent>();

  constructor(filter: CompiledFilter, guest: Guest = unknownGuest) {
    this.#filter = filter;
    this.#guest = guest;
  }

  /** Those that pass. Together, for discovery may list a child before its parent. */
  filter<R extends ChurnRecord>(records: readonly R[]): R[] {
    const kins = records.map((record) => (isProbeEvent(record) ? this.ancestry.apply(record) : undefined));
    this.ancestry.resolveAncestors();
    return records.flatMap((record, index) => {
      const kin = this.#resolveOrigin(record, kins[index]);
      const passed = matchesRecord(record, kin, this.#filter, this.#guest);
      if (!isProbeEvent(record) || kin === undefined) return passed ? [record] : [];
      const birth = this.#releaseSpawn(record, kin, passed) as R | undefined;
      return [...(birth ? [birth] : []), ...(passed ? [record] : [])];
    });
  }

  /** A birth that was held back comes right before the exec whose name lets it through. */
  #releaseSpawn(event: ProbeEvent, kin: ProcessOrigin, passed: boolean): SpawnedEvent | undefined {
    const { guest_pid: pid } = event;
    if (event.probe_source === 'process.spawned') {
      this.#withheldSpawns.delete(pid);
      if (!passed) this.#withholdSpawn(event);
      return undefined;
    }
    const held = this.#withheldSpawns.get(pid);
    if (held === undefined) return undefined;
    const released =
      event.probe_source === 'process.exec' && matchesRecord(held, kin, this.#filter, this.#guest);
    if (released || event.probe_source === 'process.exited') this.#withheldSpawns.delete(pid);
    return released ? held : undefined;
  }

  #withholdSpawn(event: SpawnedEvent): void {
    this.#withheldSpawns.set(event.guest_pid, event);
    if (this.#withheldSpawns.size <= maxWithheldSpawns) return;
    const [oldest] = this.#withheldSpawns.keys();
    this.#withheldSpawns.delete(oldest as number);
  }

  /** One found alive has its line only now that all of them are known. */
  #resolveOrigin(record: ChurnRecord, kin: ProcessOrigin | undefined): ProcessOrigin | undefined {
    return kin && 'initial' in record ? (this.ancestry.find(kin) ?? kin) : kin;
  }
}
