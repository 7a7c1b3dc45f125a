import { clockTickNs } from '../../util/time.ts';
import type { ProcessEntry } from './process-table.ts';

/** One reading of what a live process uses. */
export type UsageReading = {
  startTicks: number;
  /** The kernel's state letter. */
  state: string;
  /** CPU time since its start, in all threads, in clock ticks of 10 ms; rounded down. */
  cpuTicks: number;
  /** Resident memory, bytes. */
  rssBytes: number;
  /** When it was read, CLOCK_MONOTONIC ns. */
  readNs: bigint;
};

/** The latest reading of a process, and its CPU usage. */
export type ProcessUsage = UsageReading & {
  /** CPU usage; 1 is one core. Undefined: it has run for too short a time to be measured. */
  cpuShare: number | undefined;
  /** The earlier reading that the next value is measured from. */
  from: { cpuTicks: number; ns: bigint };
};

/** The CPU usage of a process is measured over at least this time, because ticks of 10 ms are 1 % of a second. */
const minPeriodNs = 900_000_000n;
/** The same for a process that has just been spawned. */
const minFirstPeriodNs = 50_000_000n;

/** Readings older than this are dropped when there are many of them. */
const keepNs = 60_000_000_000n;
const manyReadings = 2000;

/** What the processes use that were read recently: those on screen, or all of them if a sort order or filter needs that. */
export class UsageTable {
  readonly #byPid = new Map<number, ProcessUsage>();

  /** Returns the latest reading of a process; undefined if it was not read. */
  get({ pid, startTicks }: Pick<ProcessEntry, 'pid' | 'startTicks'>): ProcessUsage | undefined {
    const usage = this.#byPid.get(pid);
    return usage?.startTicks === startTicks ? usage : undefined;
  }

  /** Adds readings. `bootOffsetNs` is the boot clock minus the monotonic clock. Returns whether a process is new in it. */
  update(readings: ReadonlyMap<number, UsageReading>, bootOffsetNs: bigint): boolean {
    let isNew = false;
    let latestNs = 0n;
    for (const [pid, reading] of readings) {
      const before = this.#byPid.get(pid);
      const previous = before?.startTicks === reading.startTicks ? before : undefined;
      isNew ||= previous === undefined;
      if (reading.readNs > latestNs) latestNs = reading.readNs;
      this.#byPid.set(pid, measure(previous, reading, bootOffsetNs));
    }
    if (this.#byPid.size > manyReadings) this.#dropOld(latestNs);
    return isNew;
  }

  #dropOld(nowNs: bigint): void {
    for (const [pid, { readNs }] of this.#byPid) if (nowNs - readNs > keepNs) this.#byPid.delete(pid);
  }
}

/** Returns the usage after another reading. The first value is the mean since the start of the process. */
const measure = (
  previous: ProcessUsage | undefined,
  reading: UsageReading,
  bootOffsetNs: bigint,
): ProcessUsage => {
  const startNs = BigInt(reading.startTicks) * clockTickNs - bootOffsetNs;
  const from = previous?.from ?? { cpuTicks: 0, ns: startNs };
  const periodNs = reading.readNs - from.ns;
  const isFirst = from.ns === startNs;
  if (periodNs < (isFirst ? minFirstPeriodNs : minPeriodNs))
    return { ...reading, cpuShare: previous?.cpuShare, from };
  const cpuNs = Math.max(0, reading.cpuTicks - from.cpuTicks) * Number(clockTickNs);
  return {
    ...reading,
    cpuShare: cpuNs / Number(periodNs),
    from: periodNs < minPeriodNs ? from : { cpuTicks: reading.cpuTicks, ns: reading.readNs },
  };
};

/**
 * Returns the CPU usage of a process, 1 is one core; undefined if it is unknown. That of an exited one is the mean over
 * its lifetime, or else the last known value.
 */
export const cpuShareOf = (process: ProcessEntry, usage: UsageTable): number | undefined => {
  if (process.exitedNs === undefined) return process.zombie ? undefined : usage.get(process)?.cpuShare;
  return meanCpuShare(process.cpuNs, process.lifetimeNs) ?? usage.get(process)?.cpuShare;
};

/** A lifetime shorter than this is too short for a mean, because CPU time has a resolution of 10 ms. */
const minLifetimeNs = 50_000_000n;

/** Returns the mean CPU usage over a lifetime; undefined if it is unknown. */
export const meanCpuShare = (
  cpuNs: bigint | undefined,
  lifetimeNs: bigint | undefined,
): number | undefined =>
  cpuNs === undefined || lifetimeNs === undefined || lifetimeNs < minLifetimeNs
    ? undefined
    : Number(cpuNs) / Number(lifetimeNs);

/** Returns the resident memory of a process in bytes; of an exited one, the last known value. Undefined: unknown. */
export const rssOf = (process: ProcessEntry, usage: UsageTable): number | undefined =>
  process.zombie && process.exitedNs === undefined ? undefined : usage.get(process)?.rssBytes;
