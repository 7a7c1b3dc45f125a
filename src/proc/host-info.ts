import { statfsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { SourceInfo } from '../domain/source/event-source.ts';
import { clockTickNs, roundNs } from '../util/time.ts';
import { tryRead } from './errors.ts';
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

/** Smaller differences between the clocks are rounding errors: the boot clock is read in steps of 10 ms. */
const minBootOffsetNs = 20_000_000n;

const roundOffset = (offsetNs: bigint): bigint =>
  offsetNs < minBootOffsetNs && offsetNs > -minBootOffsetNs ? 0n : offsetNs;

/** Returns the age of this process, CLOCK_MONOTONIC ns. */
const ownAgeNs = (): bigint => roundNs(process.uptime() * 1e9);

/**
 * Reads the boot clock from /proc/uptime. Returns it minus the monotonic clock, ns; 0 if unknown. The boot clock is ahead by
 * the time suspended. It is behind in a time namespace with an offset, or if the uptime is that of a container (LXCFS) and
 * not the clock of the start ticks. The start ticks of this process distinguish the two.
 */
export const readBootOffsetNs = (proc: ProcReader, nowNs: bigint, ageNs = ownAgeNs()): bigint => {
  const uptime = /^(\d+)\.(\d\d) /.exec(readOptional(() => proc.readText('uptime')) ?? '');
  if (!uptime) return 0n;
  const offset = BigInt(`${uptime[1]}${uptime[2]}`) * clockTickNs - nowNs;
  const lowest = readLowestBootOffsetNs(proc, nowNs - ageNs);
  const isPlausible = lowest === undefined ? offset > 0n : offset >= lowest - minBootOffsetNs;
  if (isPlausible) return roundOffset(offset);
  return lowest === undefined || lowest < minBootOffsetNs ? 0n : lowest;
};

/** A measurement of the boot offset that takes longer is repeated: the thread was interrupted between the two clocks. */
const maxMeasureNs = 1_000_000n;
const maxMeasurements = 8;

/** Measures the boot offset until the thread is not interrupted. Returns that of the shortest measurement, ns. */
const measureBootOffsetNs = (proc: ProcReader, nowNs: () => bigint, ageNs: bigint): bigint => {
  let shortest: { offsetNs: bigint; tookNs: bigint } | undefined;
  const firstNs = nowNs();
  for (
    let count = 0;
    count < maxMeasurements && (shortest?.tookNs ?? maxMeasureNs) >= maxMeasureNs;
    count++
  ) {
    const startNs = nowNs();
    const offsetNs = readBootOffsetNs(proc, startNs, ageNs + startNs - firstNs);
    const tookNs = nowNs() - startNs;
    if (!shortest || tookNs < shortest.tookNs) shortest = { offsetNs, tookNs };
  }
  return shortest?.offsetNs ?? 0n;
};

/** Returns the lower bound of the boot offset, ns: the process was forked before `startedNs`. Undefined if unknown. */
const readLowestBootOffsetNs = (proc: ProcReader, startedNs: bigint): bigint | undefined => {
  try {
    const { startTicks } = parseStat(Buffer.from(proc.readText('self/stat')), 'self/stat');
    return BigInt(startTicks) * clockTickNs - startedNs;
  } catch {
    return undefined;
  }
};

/**
 * Reads the host name of the guest. The kernel returns the name in the UTS namespace of the reader. If PID 1 of the
 * proc root has another one, the name is read from its /etc/hostname.
 */
const readHostName = (proc: ProcReader): string | undefined => {
  const [own, guest] = ['self', '1'].map((pid) => readOptional(() => proc.readLink(`${pid}/ns/uts`)));
  const configured =
    own !== undefined && guest !== undefined && own !== guest
      ? readOptional(() => proc.readText('1/root/etc/hostname'))
      : undefined;
  return configured || readOptional(() => proc.readText('sys/kernel/hostname'));
};

/** Returns whether the proc root belongs to another PID namespace. A proc root without `self` may be a copy. */
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

/** Maximum number of processes that are tried, to read the PID namespace of another proc root. */
const maxCandidates = 512;

/**
 * Reads the PID namespace of a proc root that does not belong to this program's namespace. It is that of PID 1, and of
 * each process that has a single PID there. An unprivileged reader can read it only from processes of its own user.
 */
const readOtherNamespace = (proc: ProcReader): string | undefined => {
  for (const pid of tryRead(() => proc.listPids())?.slice(0, maxCandidates) ?? []) {
    if (pid !== 1 && !isOwnNamespace(proc.readText, String(pid))) continue;
    const namespace = readOptional(() => proc.readLink(`${pid}/ns/pid`));
    if (namespace !== undefined) return namespace;
  }
  return undefined;
};

/**
 * Reads the PID namespace of the proc root and its pid_max. The kernel returns the pid_max of the reader's namespace,
 * so the pid_max of another one is unknown.
 */
const readNamespace = (proc: ProcReader): Pick<SourceInfo, 'pidNamespace' | 'pidMax'> => {
  if (isOtherNamespace(proc))
    return { pidNamespace: readOtherNamespace(proc) ?? 'unknown', pidMax: undefined };
  const pidNamespace = readOptional(() => proc.readLink('self/ns/pid')) ?? 'unknown';
  return { pidNamespace, pidMax: readPidMax(proc) };
};

/** Returns the wall clock minus the monotonic clock, ns, exact to 1 ms. */
export const wallOffsetNs = (): bigint => BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

/** Reads the facts about this guest. `nowNs` returns CLOCK_MONOTONIC. */
export const readHostInfo = (proc: ProcReader, nowNs: () => bigint, ageNs = ownAgeNs()): SourceInfo => ({
  host: readHostName(proc) ?? hostname(),
  bootId: readOptional(() => proc.readText('sys/kernel/random/boot_id')) ?? 'unknown',
  ...readNamespace(proc),
  bootOffsetNs: measureBootOffsetNs(proc, nowNs, ageNs),
  wallOffsetNs: wallOffsetNs(),
});
