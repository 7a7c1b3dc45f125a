import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { SourceInfo } from '../domain/source/event-source.ts';
import type { ProcReader } from './reader.ts';

/** Text of a file that a restricted /proc may lack; its absence is no failure. */
const readOptional = (read: () => string): string | undefined => {
  try {
    return read().trim();
  } catch {
    return undefined;
  }
};

/** Boot clock (first number of /proc/uptime, 10 ms steps) minus the monotonic clock, in ns; 0 if not told. */
const readBootOffsetNs = (proc: ProcReader, nowNs: bigint): bigint => {
  const uptime = /^(\d+)\.(\d\d) /.exec(readOptional(() => proc.readText('uptime')) ?? '');
  if (!uptime) return 0n;
  const offset = BigInt(`${uptime[1]}${uptime[2]}`) * 10_000_000n - nowNs;
  // The clocks differ only by time spent suspended; less than the file's step is no difference.
  return offset < 20_000_000n ? 0n : offset;
};

const readPidMax = (proc: ProcReader): number | undefined => {
  const number = Number(readOptional(() => proc.readText('sys/kernel/pid_max')));
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

/** Wall clock minus monotonic clock now, ns; the wall clock is read to the millisecond. */
export const wallOffsetNs = (): bigint => BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

/** Who and where this guest is. */
export const readHostInfo = (proc: ProcReader, nowNs: bigint): SourceInfo => ({
  host: readOptional(() => proc.readText('sys/kernel/hostname')) ?? hostname(),
  bootId: readOptional(() => proc.readText('sys/kernel/random/boot_id')) ?? 'unknown',
  pidNamespace: readOptional(() => readlinkSync(`${proc.root}/self/ns/pid`)) ?? 'unknown',
  bootOffsetNs: readBootOffsetNs(proc, nowNs),
  pidMax: readPidMax(proc),
  wallOffsetNs: wallOffsetNs(),
});
