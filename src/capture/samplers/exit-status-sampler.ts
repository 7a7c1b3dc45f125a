import { constants } from 'node:os';
import type { CaptureMode, ChurnRecord } from '../../domain/events/event.ts';
import { decodeWaitStatus } from '../../domain/events/exit-status.ts';
import { PidfdInfo, type PidfdLibc } from '../../native/pidfd-info.ts';
import type { SampleResult, Sampler, SamplerClock, SamplerCounters } from '../core/sampler.ts';

const outOfFds: ReadonlySet<number> = new Set([constants.errno.EMFILE, constants.errno.ENFILE]);
/** A pidfd that is opened later than this after its process was read may belong to another process with the same PID. */
const maxOpenDelayNs = 500_000_000n;

/** During a storm, following the processes is more important than their exit status. 500 pidfds take 0.3 % of a core. */
const maxOpensPerSecond = 500;

export type ExitStatusSamplerOptions = {
  /** A sampler that polls /proc. */
  sampler: Sampler;
  libc: PidfdLibc;
  clock: SamplerClock;
  /** How many pidfds may be open at once. The kernel uses about a kilobyte for each. */
  maxPidfds: number;
};

/**
 * Adds the exit status to the exit records of a sampler. The kernel keeps the status of a process whose pidfd was opened
 * before it is reaped, so this opens a pidfd of each process that is seen alive.
 */
export class ExitStatusSampler implements Sampler {
  readonly #sampler: Sampler;
  readonly #libc: PidfdLibc;
  readonly #info: PidfdInfo;
  readonly #clock: SamplerClock;
  readonly #pidfds = new Map<number, number>();
  #maxPidfds: number;
  /** How many pidfds were opened in the current second. */
  #opens = 0;
  #secondEndMs = 0;

  constructor({ sampler, libc, clock, maxPidfds }: ExitStatusSamplerOptions) {
    this.#sampler = sampler;
    this.#libc = libc;
    this.#info = new PidfdInfo(libc);
    this.#clock = clock;
    this.#maxPidfds = maxPidfds;
  }

  get mode(): CaptureMode {
    return this.#sampler.mode;
  }

  get modeReason(): string {
    return this.#sampler.modeReason;
  }

  get walkCostMs(): number | undefined {
    return this.#sampler.walkCostMs;
  }

  sample(nowMs: number): SampleResult {
    if (nowMs >= this.#secondEndMs) {
      this.#secondEndMs = nowMs + 1000;
      this.#opens = 0;
    }
    return this.#sampler.sample(nowMs);
  }

  take(): readonly ChurnRecord[] {
    const records = this.#sampler.take();
    return records.length === 0 ? records : records.map((record) => this.#withStatus(record));
  }

  counters(last?: boolean): SamplerCounters {
    return this.#sampler.counters(last);
  }

  setBootOffset(bootOffsetNs: bigint): void {
    this.#sampler.setBootOffset(bootOffsetNs);
  }

  close(): void {
    this.closePidfds();
    this.#sampler.close();
  }

  /** Closes all pidfds and halves the limit. @returns false when none was open */
  closePidfds(): boolean {
    if (this.#pidfds.size === 0) return false;
    this.#maxPidfds = this.#pidfds.size >> 1;
    for (const fd of this.#pidfds.values()) this.#libc.close(fd);
    this.#pidfds.clear();
    return true;
  }

  #withStatus(record: ChurnRecord): ChurnRecord {
    if (record.probe_source === 'process.spawned') {
      if (!record.kthread && this.#hasRoom(record.initial ?? false))
        this.#open(record.guest_pid, record.guest_monotonic_ns);
      return record;
    }
    if (record.probe_source !== 'process.exited') return record;
    const status = this.#takeStatus(record.guest_pid);
    if (status === undefined) return record;
    const { exit_code: _, exit_signal: __, ...rest } = record;
    return { ...rest, ...decodeWaitStatus(status) };
  }

  /** Returns whether a pidfd may be opened. For a new process, the pidfd of the oldest one is closed if necessary. */
  #hasRoom(initial: boolean): boolean {
    if (initial) return this.#pidfds.size < this.#maxPidfds;
    if (this.#maxPidfds === 0 || this.#opens++ >= maxOpensPerSecond) return false;
    const [oldest] = this.#pidfds.keys();
    if (oldest !== undefined && this.#pidfds.size >= this.#maxPidfds) this.#close(oldest);
    return true;
  }

  #open(pid: number, readNs: bigint): void {
    this.#close(pid);
    const fd = this.#libc.pidfdOpen(pid);
    if (outOfFds.has(-fd)) this.closePidfds();
    if (fd < 0) return;
    this.#pidfds.set(pid, fd);
    if (this.#clock.nowNs() - readNs > maxOpenDelayNs) this.#close(pid);
  }

  /** Returns the status of a process that has been reaped; undefined if it is unknown. */
  #takeStatus(pid: number): number | undefined {
    const fd = this.#pidfds.get(pid);
    if (fd === undefined) return undefined;
    const status = this.#info.waitStatus(fd);
    this.#close(pid);
    return status;
  }

  #close(pid: number): void {
    const fd = this.#pidfds.get(pid);
    if (fd === undefined) return;
    this.#pidfds.delete(pid);
    this.#libc.close(fd);
  }
}
