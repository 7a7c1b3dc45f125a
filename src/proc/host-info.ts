import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { SourceInfo } from '../domain/source/event-source.ts';
import { clockTickNs } from './lifecycle.ts';
import type { ProcReader } from './reader.ts';
import { parseStat } from './stat.ts';

/** Returns what `read` returns, trimmed, or undefined if it throws: a restricted /proc may lack the file. */
const readOptional = (read: () => string): string | undefined => {
  try {
    return read().trim();
  } catch {
    return undefined;
  }
};

/** A smaller difference of the clocks is due to the steps of 10 ms in which the boot clock is read. */
const minBootOffsetNs = 20_000_000n;

const roundOffset = (offsetNs: bigint): bigint =>
  offsetNs < minBootOffsetNs && offsetNs > -minBootOffsetNs ? 0n : offsetNs;

/** Returns the age of this process, CLOCK_MONOTONIC ns. */
const ownAgeNs = (): bigint => BigInt(Math.round(process.uptime() * 1e9));

/**
 * Reads the boot clock from /proc/uptime. Returns it minus the monotonic clock, ns; 0 if unknown. The boot clock is ahead by
 * the time suspended. It is behind in a time namespace with an offset, or if the uptime is that of a container (LXCFS) and
 * not the clock of the start ticks. The start ticks of this process distinguish the two.
 */
export const readBootOffsetNs = (proc: ProcReader, nowNs: bigint, ageNs = ownAgeNs()): bigint => {
  const uptime = /^(\d+)\.(\d\d) /.exec(readOptional(() => proc.readText('uptime')) ?? '');
  if (!uptime) return 0n;
  const offset = BigInt(`${uptime[1]}${uptime[2]}`) * 10_000_000n - nowNs;
  const lowest = readLowestBootOffsetNs(proc, nowNs - ageNs);
  const isPlausible = lowest === undefined ? offset > 0n : offset >= lowest - minBootOffsetNs;
  if (isPlausible) return roundOffset(offset);
  return lowest === undefined || lowest < minBootOffsetNs ? 0n : lowest;
};

/** Returns the least boot offset with which this process was forked before its program started; undefined if unknown. */
const readLowestBootOffsetNs = (proc: ProcReader, startedNs: bigint): bigint | undefined => {
  try {
    const { startTicks } = parseStat(Buffer.from(proc.readText('self/stat')), 'self/stat');
    return BigInt(startTicks) * clockTickNs - startedNs;
  } catch {
    return undefined;
  }
};

const readPidMax = (proc: ProcReader): number | undefined => {
  const number = Number(readOptional(() => proc.readText('sys/kernel/pid_max')));
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

/** Returns the wall clock minus the monotonic clock, ns, exact to 1 ms. */
export const wallOffsetNs = (): bigint => BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

/** Reads the facts about this guest. */
export const readHostInfo = (proc: ProcReader, nowNs: bigint, ageNs = ownAgeNs()): SourceInfo => ({
  host: readOptional(() => proc.readText('sys/kernel/hostname')) ?? hostname(),
  bootId: readOptional(() => proc.readText('sys/kernel/random/boot_id')) ?? 'unknown',
  pidNamespace: readOptional(() => readlinkSync(`${proc.root}/self/ns/pid`)) ?? 'unknown',
  bootOffsetNs: readBootOffsetNs(proc, nowNs, ageNs),
  pidMax: readPidMax(proc),
  wallOffsetNs: wallOffsetNs(),
});
