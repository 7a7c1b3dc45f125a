import { endianness } from 'node:os';
import type { UsageReading } from '../domain/processes/process-usage.ts';
import { tryRead } from './errors.ts';
import { type ProcReader, tryReadStat } from './reader.ts';
import { isZombie, type ProcStat } from './stat.ts';

/** Maximum number of threads that are read for the state of one process. */
const maxThreads = 64;

/** States of threads, the one that describes the process best first. */
const threadStates = 'RDtTSI';

const rank = (letter: string): number =>
  threadStates.includes(letter) ? threadStates.indexOf(letter) : threadStates.length;

/**
 * Returns the state letter of a process; undefined if it cannot be read now. The kernel reports the state of the main
 * thread, which is Z if it has exited while other threads run. Then the state of the busiest of those is returned.
 */
const stateLetterOf = (proc: ProcReader, stat: ProcStat): string | undefined => {
  if (stat.state !== 'Z' || isZombie(stat)) return stat.state;
  const letters = proc
    .listThreads(stat.pid)
    .filter((tid) => tid !== stat.pid)
    .slice(0, maxThreads)
    .flatMap((tid) => tryReadStat(proc, tid)?.state ?? [])
    .filter((letter) => letter !== 'Z' && letter !== 'X');
  return letters.toSorted((a, b) => rank(a) - rank(b))[0];
};

export type UsageOptions = {
  /** Size of a memory page, bytes. */
  pageSize: number;
  /** The current time, CLOCK_MONOTONIC ns. */
  nowNs: bigint;
};

/** Returns what a process uses, from one read of its stat file; undefined if it cannot be read now. */
export const readUsage = (
  proc: ProcReader,
  pid: number,
  { pageSize, nowNs }: UsageOptions,
): UsageReading | undefined => {
  const stat = tryReadStat(proc, pid);
  const state = stat && stateLetterOf(proc, stat);
  if (!stat || state === undefined) return undefined;
  const { startTicks, cpuTicks, rssPages } = stat;
  return { startTicks, state, cpuTicks, rssBytes: rssPages * pageSize, readNs: nowNs };
};

/** The key of the page size in the auxiliary vector, AT_PAGESZ. */
const pageSizeKey = 6n;
/** Bytes of an entry: a key and a value of 8 bytes each, as on every architecture with 64 bits. */
const entryBytes = 16;
const defaultPageSize = 4096;

/**
 * Reads the size of a memory page in bytes: 4 KiB on x64, up to 64 KiB on arm64. The kernel passes it to each program in
 * the auxiliary vector. Returns 4 KiB if that cannot be read.
 */
export const readPageSize = (proc: ProcReader): number =>
  tryRead(() => {
    const fd = proc.openFile('self/auxv');
    try {
      const bytes = Buffer.from(proc.readBytes(fd));
      const wordAt = (at: number) =>
        endianness() === 'LE' ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
      for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes)
        if (wordAt(at) === pageSizeKey) return Number(wordAt(at + 8));
      return undefined;
    } finally {
      proc.close(fd);
    }
  }) ?? defaultPageSize;
