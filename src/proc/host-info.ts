import { statfsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { SourceInfo } from '../domain/source/event-source.ts';
import { tryRead } from './errors.ts';
import { clockTickNs } from './lifecycle.ts';
import { isOwnNamespace, type ProcReader } from './reader.ts';
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

/**
 * Reads the name of the guest. The kernel gives the name in the UTS namespace of the reader, so if PID 1 of the proc root
 * has another one, the name is that of its configuration.
 */
const readHostName = (proc: ProcReader): string | undefined => {
  const [own, guest] = ['self', '1'].map((pid) => readOptional(() => proc.readLink(`${pid}/ns/uts`)));
  const configured =
    own !== undefined && guest !== undefined && own !== guest
      ? readOptional(() => proc.readText('1/root/etc/hostname'))
      : undefined;
  return configured || readOptional(() => proc.readText('sys/kernel/hostname'));
};

/** Returns whether the proc root is of another PID namespace. A proc root without `self` may be a copy. */
const isOtherNamespace = (proc: ProcReader): boolean =>
  readOptional(() => proc.readText('self/status')) !== undefined
    ? !isOwnNamespace(proc.readText)
    : isProcFileSystem(proc.root);

const procSuperMagic = 0x9fa0;

const isProcFileSystem = (path: string): boolean => {
  try {
    return statfsSync(path).type === procSuperMagic;
  } catch {
    return false;
  }
};

const readPidMax = (proc: ProcReader): number | undefined => {
  const number = Number(readOptional(() => proc.readText('sys/kernel/pid_max')));
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

/** Processes that are asked for the PID namespace of another proc root. */
const maxWitnesses = 512;

/**
 * Reads the PID namespace of a proc root that does not belong to this program's namespace. It is that of PID 1, and of each
 * process that has a single PID there. A user can read it of own processes only.
 */
const readOtherNamespace = (proc: ProcReader): string | undefined => {
  for (const pid of tryRead(() => proc.listPids())?.slice(0, maxWitnesses) ?? []) {
    if (pid !== 1 && !isOwnNamespace(proc.readText, String(pid))) continue;
    const namespace = readOptional(() => proc.readLink(`${pid}/ns/pid`));
    if (namespace !== undefined) return namespace;
  }
  return undefined;
};

/**
 * Reads the PID namespace of the proc root and its pid_max. The kernel gives the pid_max of the reader's namespace, so that
 * of another one is unknown.
 */
const readNamespace = (proc: ProcReader): Pick<SourceInfo, 'pidNamespace' | 'pidMax'> => {
  if (isOtherNamespace(proc))
    return { pidNamespace: readOtherNamespace(proc) ?? 'unknown', pidMax: undefined };
  const pidNamespace = readOptional(() => proc.readLink('self/ns/pid')) ?? 'unknown';
  return { pidNamespace, pidMax: readPidMax(proc) };
};

/** Returns the wall clock minus the monotonic clock, ns, exact to 1 ms. */
export const wallOffsetNs = (): bigint => BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

/** Reads the facts about this guest. */
export const readHostInfo = (proc: ProcReader, nowNs: bigint, ageNs = ownAgeNs()): SourceInfo => ({
  host: readHostName(proc) ?? hostname(),
  bootId: readOptional(() => proc.readText('sys/kernel/random/boot_id')) ?? 'unknown',
  ...readNamespace(proc),
  bootOffsetNs: readBootOffsetNs(proc, nowNs, ageNs),
  wallOffsetNs: wallOffsetNs(),
});
