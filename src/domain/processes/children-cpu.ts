import type { ProbeEvent } from '../events/event.ts';
import { RateCounter, type RateSnapshot, secondOf } from './rate-counter.ts';

/** What the exited children of a live process have used. */
type Parent = {
  ppid: number | undefined;
  /** CPU time of its children since its start, and since it was first seen, ns. */
  totalNs: bigint;
  seenNs: bigint;
  /** The part of the next growth that was counted before, at one of its children. */
  countedNs: bigint;
  /** Whether a child has exited since that had run for long, so that the next growth is not that of short-lived ones. */
  hasLongChild: boolean;
};

/** Beyond this, the oldest process is dropped, because a trace may be malformed. */
const maxParents = 1 << 18;

/** A process that runs for longer is not short-lived, ns. Its whole CPU time is reported at once, when it is reaped. */
const maxShortLifetimeNs = 10_000_000_000n;

/** The kernel gives the children of a process that has exited to init, or to a subreaper. */
export const initPid = 1;

/** A `ChildrenCpu` as plain values. */
export type ChildrenCpuSnapshot = { parents: [number, Parent][]; shortLived: RateSnapshot };

/** The growth of what the children of a process have used: in total, and the part that was not counted before, ns. */
export type ChildrenGrowth = { growthNs: bigint; newNs: bigint };

/**
 * The CPU time of exited children, by parent. The kernel counts a child, and its own children, at the parent that reaps
 * it, so that the same CPU time appears again at each ancestor.
 */
export class ChildrenCpu {
  readonly #parents: Map<number, Parent>;
  /** CPU time of short-lived processes per second, ns. */
  readonly shortLived: RateCounter;

  constructor(parents: readonly (readonly [number, Parent])[] = [], shortLived = new RateCounter()) {
    this.#parents = new Map(parents.map(([pid, parent]) => [pid, { ...parent }]));
    this.shortLived = shortLived;
  }

  clone(): ChildrenCpu {
    return new ChildrenCpu([...this.#parents], this.shortLived.clone());
  }

  /** Removes all processes. */
  clear(): void {
    this.#parents.clear();
  }

  snapshot(): ChildrenCpuSnapshot {
    return {
      parents: [...this.#parents].map(([pid, parent]) => [pid, { ...parent }]),
      shortLived: this.shortLived.snapshot(),
    };
  }

  static restore({ parents, shortLived }: ChildrenCpuSnapshot): ChildrenCpu {
    return new ChildrenCpu(parents, RateCounter.restore(shortLived));
  }

  /** Returns the CPU time of the children that exited since the process was first seen, ns; undefined if none is known. */
  seenNs(pid: number): bigint | undefined {
    return this.#parents.get(pid)?.seenNs || undefined;
  }

  /** Applies an event. Returns the growth if the event has one. */
  apply(event: ProbeEvent): ChildrenGrowth | undefined {
    const { guest_pid: pid } = event;
    const process = this.#parents.get(pid);
    switch (event.probe_source) {
      case 'process.spawned':
        if (!event.initial || !process)
          this.#parents.set(pid, newParent(event.guest_ppid, event.children_cpu_ns));
        if (this.#parents.size > maxParents)
          this.#parents.delete(this.#parents.keys().next().value as number);
        return undefined;
      case 'process.zombie':
        if (process && event.guest_ppid !== undefined) process.ppid = event.guest_ppid;
        return undefined;
      case 'process.exited': {
        this.#parents.delete(pid);
        // A subreaper is known from the zombie record only.
        const reaper = this.#parents.get(process?.ppid ?? initPid) ?? this.#parents.get(initPid);
        if (!reaper || !process) return undefined;
        reaper.countedNs += process.totalNs;
        if (event.lifetime_ns === undefined || event.lifetime_ns > maxShortLifetimeNs)
          reaper.hasLongChild = true;
        return undefined;
      }
      case 'process.children': {
        if (!process) return undefined;
        const growthNs = event.children_cpu_ns - process.totalNs;
        if (growthNs <= 0n) return undefined;
        const newNs = growthNs > process.countedNs ? growthNs - process.countedNs : 0n;
        if (!process.hasLongChild) this.shortLived.add(secondOf(event.guest_monotonic_ns), Number(newNs));
        process.totalNs = event.children_cpu_ns;
        process.seenNs += growthNs;
        process.countedNs = 0n;
        process.hasLongChild = false;
        return { growthNs, newNs };
      }
      default:
        return undefined;
    }
  }
}

const newParent = (ppid: number | undefined, totalNs = 0n): Parent => ({
  ppid,
  totalNs,
  seenNs: 0n,
  countedNs: 0n,
  hasLongChild: false,
});
