import type { ChurnRecord } from '../../domain/events/event.ts';
import { isFailure } from '../../domain/events/exit-status.ts';
import { GuestFold } from '../../domain/fleet/guest-fold.ts';
import type { SourceStatus } from '../../domain/source/event-source.ts';
import { QuantileSketch } from '../../domain/stats/quantile-sketch.ts';
import { printable } from '../../util/printable.ts';

/** Comms with labels of their own. The set never changes once it is full, because a counter must not disappear. */
export const maxComms = 64;
/** The label of all other comms. A process of this name is counted with them. */
const otherComms = '(other)';

/** What processes of one comm did since the start. */
export type CommMetrics = { spawned: number; exited: number; failed: number };

/** Counts of a recording for a monitoring system, since its start. */
export class ChurnMetrics {
  readonly #fold = new GuestFold();
  readonly #comms = new Map<string, CommMetrics>();
  readonly #lifetimes = new QuantileSketch();
  #lifetimeNs = 0n;
  #status: SourceStatus | undefined;

  apply(record: ChurnRecord): void {
    this.#fold.apply(record);
    if (record.probe_source === 'process.spawned' && !record.initial)
      this.#commOf(record.guest_comm).spawned++;
    if (record.probe_source !== 'process.exited') return;
    const comm = this.#commOf(record.guest_comm);
    comm.exited++;
    if (isFailure(record)) comm.failed++;
    if (record.lifetime_ns === undefined) return;
    this.#lifetimes.add(record.lifetime_ns);
    this.#lifetimeNs += record.lifetime_ns;
  }

  setStatus(status: SourceStatus): void {
    this.#status = status;
  }

  get status(): SourceStatus | undefined {
    return this.#status;
  }

  /** Counts by printable comm. */
  get comms(): ReadonlyMap<string, CommMetrics> {
    return this.#comms;
  }

  get lifetimes(): { sketch: QuantileSketch; sumNs: bigint } {
    return { sketch: this.#lifetimes, sumNs: this.#lifetimeNs };
  }

  /** Returns the number of live processes, of zombies, and of restart loops with a raised alert. */
  now(): { alive: number; zombies: number; loops: number } {
    const { alive = 0, zombies = 0, loops = 0 } = this.#fold.figures(this.#fold.nowNs);
    return { alive, zombies, loops };
  }

  #commOf(comm: string): CommMetrics {
    // Two series with the same label would make the whole file invalid.
    const name = printable(comm);
    const label = this.#comms.has(name) || this.#comms.size < maxComms ? name : otherComms;
    const known = this.#comms.get(label);
    if (known) return known;
    const added = { spawned: 0, exited: 0, failed: 0 };
    this.#comms.set(label, added);
    return added;
  }
}
