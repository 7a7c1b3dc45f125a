import {
  type ChildrenEvent,
  type ChurnRecord,
  isProbeEvent,
  type ProbeEvent,
} from '../../domain/events/event.ts';
import { initPid } from '../../domain/processes/children-cpu.ts';
import { type ProcReader, tryReadStat } from '../../proc/reader.ts';
import { clockTickNs } from '../../util/time.ts';
import type { Outbox } from './outbox.ts';

/** A parent is read at most this often, ms. */
const intervalMs = 1000;
/** Maximum number of parents that are read per second: 0.2 % of a core. The others follow in the next second. */
const maxReads = 100;
/** The same at the end of the capture. */
const maxLastReads = 1000;

/** A live process, which may reap children. */
type LiveProcess = {
  ppid: number | undefined;
  startTicks: number | undefined;
  comm: string;
  /** CPU time of its children as last reported, ns. */
  childrenCpuNs: bigint;
};

/**
 * Adds `process.children` records: the CPU time that the exited children of a process have used. The kernel adds that of
 * each child to its parent when the parent reaps it, so that no child is missed. Parents are read some time after a
 * child has exited.
 */
export class ChildrenCpuOutbox implements Outbox {
  readonly #outbox: Outbox;
  readonly #proc: ProcReader;
  readonly #processes = new Map<number, LiveProcess>();
  /** PIDs of the parents that may have reaped a child since they were read. */
  readonly #changed = new Set<number>();
  #dueMs = 0;
  /** Time of the latest event, CLOCK_MONOTONIC ns, so that times do not go back. */
  #latestNs = 0n;

  constructor(outbox: Outbox, proc: ProcReader) {
    this.#outbox = outbox;
    this.#proc = proc;
  }

  get dropped(): number {
    return this.#outbox.dropped;
  }

  get queued(): number {
    return this.#outbox.queued;
  }

  put(record: ChurnRecord): void {
    this.#outbox.put(record);
    if (isProbeEvent(record)) this.#apply(record);
  }

  flush(nowMs: number): void {
    if (nowMs >= this.#dueMs && this.#changed.size > 0) {
      this.#dueMs = nowMs + intervalMs;
      this.#readChanged(maxReads);
    }
    this.#outbox.flush(nowMs);
  }

  close(nowMs: number): void {
    this.#readChanged(maxLastReads);
    this.#outbox.close(nowMs);
  }

  #apply(event: ProbeEvent): void {
    const { guest_pid: pid, guest_monotonic_ns: atNs } = event;
    if (atNs > this.#latestNs) this.#latestNs = atNs;
    const process = this.#processes.get(pid);
    switch (event.probe_source) {
      case 'process.spawned':
        this.#processes.set(pid, {
          ppid: event.guest_ppid,
          startTicks: event.start_ticks,
          comm: event.guest_comm,
          childrenCpuNs: event.children_cpu_ns ?? 0n,
        });
        return;
      case 'process.zombie':
        if (process && event.guest_ppid !== undefined) process.ppid = event.guest_ppid;
        // Its children are counted until it is reaped.
        if (this.#changed.delete(pid)) this.#read(pid);
        return;
      case 'process.exec':
        if (process) process.comm = event.guest_comm;
        return;
      case 'process.exited': {
        this.#processes.delete(pid);
        this.#changed.delete(pid);
        const ppid = process?.ppid;
        if (ppid !== undefined) this.#changed.add(this.#processes.has(ppid) ? ppid : initPid);
        return;
      }
      case 'process.user':
      case 'process.children':
        return;
      default:
        event satisfies never;
    }
  }

  /** Reads up to `limit` parents. */
  #readChanged(limit: number): void {
    let reads = 0;
    for (const pid of this.#changed) {
      if (reads++ >= limit) return;
      this.#changed.delete(pid);
      this.#read(pid);
    }
  }

  /** Reads a parent, and reports the CPU time of its children if it has grown. */
  #read(pid: number): void {
    const parent = this.#processes.get(pid);
    const stat = parent && tryReadStat(this.#proc, pid);
    if (!parent || !stat) return;
    const { startTicks, comm } = parent;
    if (startTicks !== undefined && stat.startTicks !== startTicks) return;
    const childrenCpuNs = BigInt(stat.childCpuTicks) * clockTickNs;
    if (childrenCpuNs <= parent.childrenCpuNs) return;
    parent.childrenCpuNs = childrenCpuNs;
    const record: ChildrenEvent = {
      probe_source: 'process.children',
      guest_pid: pid,
      guest_comm: comm,
      guest_monotonic_ns: this.#latestNs,
      children_cpu_ns: childrenCpuNs,
      ...(startTicks !== undefined && { start_ticks: startTicks }),
    };
    this.#outbox.put(record);
  }
}
