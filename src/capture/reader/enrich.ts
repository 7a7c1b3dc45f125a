import { parseCgroup } from '../../domain/cgroups/cgroup-file.ts';
import type { EnrichedFields } from '../../domain/events/event.ts';
import { isGone, ProcError } from '../../proc/errors.ts';
import { parseArguments } from '../../proc/process-details.ts';
import { type ProcReader, tryReadStat } from '../../proc/reader.ts';
import { isExiting } from '../../proc/stat.ts';
import { truncateText } from '../../util/graphemes.ts';
import type { EnrichedKeys, RecordRequest } from './protocol.ts';

/** Characters kept of an argument list, because thousands of records are retained. */
const maxArgsLength = 1024;

/**
 * Reads the additional fields of a record. Returns undefined when the process is gone, its PID was reused, or it has none
 * of them.
 */
export const readEnrichedFields = (
  proc: ProcReader,
  request: RecordRequest,
  keys: EnrichedKeys,
): EnrichedFields | undefined => {
  const args = keys.args ? readArgs(proc, request) : {};
  const cgroup = keys.cgroup ? readCgroup(proc, request) : {};
  const unread = [...(args === 'unread' ? ['args'] : []), ...(cgroup === 'unread' ? ['cgroup'] : [])];
  const fields: EnrichedFields = {
    ...(args !== 'unread' && args),
    ...(cgroup !== 'unread' && cgroup),
    ...(unread.length > 0 && { unread }),
  };
  if (Object.keys(fields).length === 0) return undefined;
  const stat = tryReadStat(proc, request.pid);
  return stat && stat.startTicks === request.startTicks ? fields : undefined;
};

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

/** Reads the command-line arguments. Kernel threads and zombies have none. */
const readArgs = (proc: ProcReader, { pid, comm, kthread }: RecordRequest) => {
  if (kthread) return {};
  return readUnlessGone((): EnrichedFields => {
    const { args, nuls, truncated } = parseArguments(proc.readText(`${pid}/cmdline`), comm);
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
