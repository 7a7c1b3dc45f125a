import { statfsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { SourceInfo } from '../domain/source/event-source.ts';
import { tryRead } from './errors.ts';
import { isOwnNamespace, type ProcReader } from './reader.ts';

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
export const readHostInfo = (proc: ProcReader, nowNs: bigint): SourceInfo => ({
  host: readHostName(proc) ?? hostname(),
  bootId: readOptional(() => proc.readText('sys/kernel/random/boot_id')) ?? 'unknown',
  ...readNamespace(proc),
  bootOffsetNs: readBootOffsetNs(proc, nowNs),
  wallOffsetNs: wallOffsetNs(),
});
