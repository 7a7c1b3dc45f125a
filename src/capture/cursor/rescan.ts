import type { ProcReader } from '../../proc/reader.ts';
import { toNs } from '../core/sampler.ts';
import { isSameProcess, noFd, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

/** Reads per second, however many processes there are: 0.1 % of a core. */
const readsPerSecond = 50;
/** Several reads at once, because a core that just woke up is slow at first. */
const readsPerScan = 10;
/** How many processes a scan may skip in search of the next one to read. */
const maxSkipped = 256;
const scanIntervalMs = (1000 * readsPerScan) / readsPerSecond;

export type RescanOptions = { proc: ProcReader; processes: TrackedProcesses };

/**
 * Rereads the processes older than a second in turn. It finds late zombies, late execs and reused PIDs.
 * Kernel threads are left out: none of this happens to them, and they are half of the processes of a guest.
 */
export class Rescan {
  readonly #proc: ProcReader;
  readonly #processes: TrackedProcesses;
  #remaining: Iterator<TrackedProcess>;
  #dueMs = 0;

  constructor({ proc, processes }: RescanOptions) {
    this.#proc = proc;
    this.#processes = processes;
    this.#remaining = processes.values();
  }

  get dueMs(): number {
    return this.#dueMs;
  }

  /**
   * Rereads the next few processes.
   * @param walkedMs the time of the last walk, which found every tracked process alive.
   * @returns whether a PID was reused, so that a walk is needed to find the new process.
   * @throws ProcError; the processes read before it stay updated.
   */
  scanNext(nowMs: number, nowNs: bigint, walkedMs: number): boolean {
    this.#dueMs = nowMs + scanIntervalMs;
    const batch: TrackedProcess[] = [];
    for (let index = 0; index < readsPerScan; index++) {
      const tracked = this.#next();
      if (!tracked) break;
      batch.push(tracked);
    }
    return this.reread(batch, { nowMs, nowNs, walkedMs });
  }

  /** Rereads these processes at once. @returns whether a PID was reused. @throws ProcError */
  reread(
    batch: readonly TrackedProcess[],
    { nowMs, nowNs, walkedMs }: { nowMs: number; nowNs: bigint; walkedMs: number },
  ): boolean {
    let reused = false;
    for (const tracked of batch) {
      const reading = this.#proc.readProcess(tracked.observed.pid);
      if (reading === 'hidden') {
        this.#processes.markHidden(tracked);
      } else if (reading !== 'gone' && isSameProcess(tracked, reading.stat)) {
        const time = { nowNs, windowNs: toNs(nowMs - tracked.lastAliveMs) };
        this.#processes.update(tracked, { ...reading, time, nowMs });
      } else if (reading !== 'gone' || this.#processes.hasExited(tracked)) {
        const windowNs = toNs(nowMs - Math.max(tracked.lastAliveMs, walkedMs));
        this.#processes.remove(tracked, { nowNs, windowNs });
        if (reading !== 'gone') reused = true;
      }
    }
    return reused;
  }

  #next(): TrackedProcess | undefined {
    for (let step = 0; step < maxSkipped; step++) {
      const { value, done } = this.#remaining.next();
      if (done) {
        this.#remaining = this.#processes.values();
        return undefined;
      }
      if (value.fd === noFd && !value.isKernelThread) return value;
    }
    return undefined;
  }
}
