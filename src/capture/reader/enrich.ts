import { parseCgroup } from '../../domain/cgroups/cgroup-file.ts';
import type { EnrichedFields } from '../../domain/events/event.ts';
import { isGone, ProcError } from '../../proc/errors.ts';
import { parseArguments } from '../../proc/process-details.ts';
import { type ProcReader, tryReadStat } from '../../proc/reader.ts';
import { isExiting } from '../../proc/stat.ts';
import { truncateText } from '../../util/graphemes.ts';
import type { ReaderOptions, RecordRequest } from './protocol.ts';

/**
 * Reads the additional fields of a record. Returns undefined when the process is gone, its PID was reused, or it has none
 * of them.
 */
export const readEnrichedFields = (
  proc: ProcReader,
  request: RecordRequest,
  { keys, maxArgsLength }: Pick<ReaderOptions, 'keys' | 'maxArgsLength'>,
): EnrichedFields | undefined => {
  const args = keys.args ? readArgs(proc, request, maxArgsLength) : {};
  const cgroup = keys.cgroup ? readCgroup(proc, request) : {};
  const unread = [...(args === 'unread' ? ['args'] : []), ...(cgroup === 'unread' ? ['cgroup'] : [])];
  const fields: EnrichedFields = {
    ...(args !== 'unread' && args),
    ...(cgroup !== 'unread' && cgroup),
    ...(unread.length > 0 && { unread }),
  };
  if (Object.keys(fields).length === 0) return undefined;
  const stat = tryReadStat(proc, request.pid);
  // A process that has exited since was the same one: its PID is not reused within milliseconds.
  if (!stat) return args !== 'unread' && args.args ? fields : undefined;
  return isSameStart(stat.startTicks, request) ? fields : undefined;
};

/** Returns whether start ticks are those of the process. Those of kernel events are computed, and may be off by one. */
const isSameStart = (ticks: number, { startTicks, computedStart }: RecordRequest): boolean =>
  startTicks !== undefined && Math.abs(ticks - startTicks) <= (computedStart ? 1 : 0);

/** Returns what `read` returns: no fields if the process is gone, `unread` after another error. */
const readUnlessGone = <T extends object>(read: () => T): T | Record<string, never> | 'unread' => {
  try {
    return read();
  } catch (error) {
    if (isGone(error)) return {};
    if (error instanceof ProcError) return 'unread';
    throw error;
  }
};

/**
 * An exec changes the name before the arguments are in place, which takes less than a millisecond. Until then there are
 * none, so that they are read again, up to this many times.
 */
const maxRetries = 4;
const retryDelayMs = 0.15;

const sleepCounter = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number): void => void Atomics.wait(sleepCounter, 0, 0, ms);

/** Reads `cmdline`, again while it is empty and the process runs. */
const readCmdline = (proc: ProcReader, pid: number): string => {
  let text = proc.readText(`${pid}/cmdline`);
  for (let retries = 0; text === '' && retries < maxRetries; retries++) {
    const stat = tryReadStat(proc, pid);
    if (!stat || stat.state === 'Z' || stat.state === 'X') break;
    sleep(retryDelayMs);
    text = proc.readText(`${pid}/cmdline`);
  }
  return text;
};

/** Reads the command-line arguments. Kernel threads and zombies have none. */
const readArgs = (proc: ProcReader, { pid, comm, kthread }: RecordRequest, maxArgsLength: number) => {
  if (kthread) return {};
  return readUnlessGone((): EnrichedFields => {
    const { args, nuls, truncated } = parseArguments(readCmdline(proc, pid), comm);
    if (args.length === 0) return nuls > 0 ? { args, args_nuls: nuls } : {};
    const joined = args.join('\0');
    if (joined.length > maxArgsLength) {
      const kept = truncateText(joined, maxArgsLength).replace(/\0$/, '');
      return { args: kept.split('\0'), args_cut: true };
    }
    return { args, ...(truncated && { args_cut: true as const }), ...(nuls > 0 && { args_nuls: nuls }) };
  });
};

const readCgroup = (proc: ProcReader, { pid, kthread }: RecordRequest) =>
  readUnlessGone((): EnrichedFields => {
    const cgroup = parseCgroup(proc.readText(`${pid}/cgroup`));
    if (cgroup === '/' && !kthread) {
      const stat = tryReadStat(proc, pid);
      if (!stat || isExiting(stat)) return {};
    }
    return cgroup === undefined ? {} : { cgroup };
  });
