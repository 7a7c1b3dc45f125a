import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { SourceInfo } from '../domain/source/event-source.ts';
import type { ProcReader } from './reader.ts';

/** Returns what `read` returns, trimmed, or undefined if it throws: a restricted /proc may lack the file. */
const readOptional = (read: () => string): string | undefined => {
  try {
    return read().trim();
  } catch {
    return undefined;
  }
};

/** Reads the boot clock from /proc/uptime (10 ms steps). Returns it minus the monotonic clock, ns; 0 if unknown. */
const readBootOffsetNs = (proc: ProcReader, nowNs: bigint): bigint => {
  const uptime = /^(\d+)\.(\d\d) /.exec(readOptional(() => proc.readText('uptime')) ?? '');
  if (!uptime) return 0n;
  const offset = BigInt(`${uptime[1]}${uptime[2]}`) * 10_000_000n - nowNs;
  // The clocks differ by the time suspended. A smaller difference is due to the 10 ms steps.
  return offset < 20_000_000n ? 0n : offset;
};

const readPidMax = (proc: ProcReader): number | undefined => {
  const number = Number(readOptional(() => proc.readText('sys/kernel/pid_max')));
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

/** Returns the wall clock minus the monotonic clock, ns, exact to 1 ms. */
export const wallOffsetNs = (): bigint => BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

/** Reads the facts about this guest. */
export const readHostInfo = (proc: ProcReader, nowNs: bigint): SourceInfo => ({
  host: readOptional(() => proc.readText('sys/kernel/hostname')) ?? hostname(),
  bootId: readOptional(() => proc.readText('sys/kernel/random/boot_id')) ?? 'unknown',
  pidNamespace: readOptional(() => readlinkSync(`${proc.root}/self/ns/pid`)) ?? 'unknown',
  bootOffsetNs: readBootOffsetNs(proc, nowNs),
  pidMax: readPidMax(proc),
  wallOffsetNs: wallOffsetNs(),
});
