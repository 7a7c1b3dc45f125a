import { type SamplerClock, toNs } from '../core/sampler.ts';
import type { OldProcesses } from './old-processes.ts';
import type { RecentProcesses } from './recent-processes.ts';
import { isSameProcess, noFd, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

/** Each process is read once in this time, if the CPU share suffices. */
const passMs = 1000;
/** Minimum number of reads per second, because so few cost almost nothing. */
const minReadsPerSecond = 50;
/** Share of a core that the reads may use. It suffices for about 900 idle processes per second. */
const defaultMaxShare = 0.003;
/** Several reads at once, because a core that just woke up is slow at first. */
const readsPerScan = 30;
/** How many processes a scan may skip in search of the next one to read. */
const maxSkipped = 256;
/** A scan after a long sampling interval reads more at once, but not for longer than this. */
const maxScanMs = 20;
/** Weight of the last scan in the mean duration of a read. */
const costWeight = 0.1;
/** A scan that took longer than this times the mean was interrupted. */
const maxCostFactor = 4;

export type RescanOptions = {
  oldProcesses: OldProcesses;
  processes: TrackedProcesses;
  recent: RecentProcesses;
  clock: SamplerClock;
  /** Share of a core that the reads may use. Default: 0.3 %. */
  maxShare?: number | undefined;
};

/** The time of a scan, and of the last walk, which found every tracked process alive. */
type RescanTime = { nowMs: number; nowNs: bigint; lastWalkMs: number };

/**
 * Rereads the processes older than a second in turn. It finds late zombies, late execs and reused PIDs.
 * Kernel threads are skipped: none of this happens to them, and they are half of the processes of a guest.
 */
export class Rescan {
  readonly #old: OldProcesses;
  readonly #processes: TrackedProcesses;
  readonly #recent: RecentProcesses;
  readonly #clock: SamplerClock;
  readonly #maxShare: number;
  #remaining: Iterator<TrackedProcess>;
  #dueMs = 0;
  #scannedMs: number | undefined;
  /** Kernel threads in the current pass, and in the last complete one. */
  #kernelThreads = 0;
  #lastKernelThreads = 0;
  /** Mean duration of a read, ms. */
  #readMs = 0;

  constructor({ oldProcesses, processes, recent, clock, maxShare = defaultMaxShare }: RescanOptions) {
    this.#recent = recent;
    this.#clock = clock;
    this.#maxShare = maxShare;
    this.#old = oldProcesses;
    this.#processes = processes;
    this.#remaining = processes.values();
  }

  get dueMs(): number {
    return this.#dueMs;
  }

  /**
   * Rereads the next few processes.
   * @param lastWalkMs the time of the last walk, which found every tracked process alive.
   * @returns whether a PID was reused, so that a walk is needed to find the new process.
   * @throws ProcError; the processes read before the error stay updated.
   */
  scanNext(nowMs: number, nowNs: bigint, lastWalkMs: number): boolean {
    const readsPerMs = this.#readsPerMs();
    const elapsedMs = nowMs - (this.#scannedMs ?? nowMs);
    const due = Math.min(this.#oldProcesses(), Math.floor(elapsedMs * readsPerMs));
    const wanted = Math.max(readsPerScan, due);
    this.#scannedMs = nowMs;
    this.#dueMs = nowMs + readsPerScan / readsPerMs;
    const startMs = this.#clock.nowMs();
    const { reads, reused } = this.#read(wanted, { nowMs, nowNs, lastWalkMs });
    const costMs = this.#clock.nowMs() - startMs;
    if (reads > 0) this.#recordCost(costMs / reads);
    return reused;
  }

  /** Rereads these processes at once. @returns whether a PID was reused. @throws ProcError */
  reread(batch: readonly TrackedProcess[], time: RescanTime): boolean {
    return batch.filter((tracked) => this.#rereadOne(tracked, time)).length > 0;
  }

  #recordCost(readMs: number): void {
    // The thread may have been interrupted.
    const likelyMs = this.#readMs > 0 ? Math.min(readMs, this.#readMs * maxCostFactor) : readMs;
    this.#readMs += (likelyMs - this.#readMs) * costWeight;
  }

  /** Returns about how many processes there are to read. */
  #oldProcesses(): number {
    return Math.max(0, this.#processes.size - this.#recent.size - this.#lastKernelThreads);
  }

  /** Returns how many processes to read per ms. */
  #readsPerMs(): number {
    const wanted = this.#oldProcesses() / passMs;
    const affordable = this.#readMs > 0 ? this.#maxShare / this.#readMs : Number.POSITIVE_INFINITY;
    return Math.max(minReadsPerSecond / 1000, Math.min(wanted, affordable));
  }

  /** Rereads processes of the current pass until `wanted` were read, or the time limit is reached. */
  #read(wanted: number, time: RescanTime): { reads: number; reused: boolean } {
    const endMs = this.#clock.nowMs() + maxScanMs;
    let reused = false;
    let reads = 0;
    let isNextPass = false;
    while (reads < wanted && (reads < readsPerScan || this.#clock.nowMs() < endMs)) {
      const tracked = this.#next();
      if (!tracked) {
        // The end of a pass. The next one starts in the same scan only if it is late.
        if (isNextPass || wanted <= readsPerScan) break;
        isNextPass = true;
        continue;
      }
      reads++;
      if (this.#rereadOne(tracked, time)) reused = true;
    }
    return { reads, reused };
  }

  /** Rereads one process. @returns whether the PID was reused. */
  #rereadOne(tracked: TrackedProcess, { nowMs, nowNs, lastWalkMs }: RescanTime): boolean {
    const reading = this.#old.read(tracked);
    if (reading === 'idle') {
      tracked.lastAliveMs = nowMs;
      return false;
    }
    if (reading === 'hidden') {
      this.#processes.markHidden(tracked);
      return false;
    }
    if (reading !== 'gone' && isSameProcess(tracked, reading.stat)) {
      const time = { nowNs, windowNs: toNs(nowMs - tracked.lastAliveMs) };
      this.#processes.update(tracked, { ...reading, time, nowMs });
      return false;
    }
    if (reading === 'gone' && !this.#processes.hasExited(tracked)) return false;
    const windowNs = toNs(nowMs - Math.max(tracked.lastAliveMs, lastWalkMs));
    this.#processes.remove(tracked, { nowNs, windowNs });
    return reading !== 'gone';
  }

  #next(): TrackedProcess | undefined {
    for (let step = 0; step < maxSkipped; step++) {
      const { value, done } = this.#remaining.next();
      if (done) {
        this.#old.sweep();
        this.#remaining = this.#processes.values();
        this.#lastKernelThreads = this.#kernelThreads;
        this.#kernelThreads = 0;
        return undefined;
      }
      if (value.isKernelThread) this.#kernelThreads++;
      else if (value.fd === noFd) return value;
    }
    return undefined;
  }
}
