import type { ProcessId } from '../domain/events/process-id.ts';
import type { ProcessDetails } from '../domain/source/event-source.ts';
import { tryRead } from './errors.ts';
import type { ProcReader } from './reader.ts';

/** Longer argument lists are truncated, because this is the size of the read buffer. */
const maxArgsBytes = 4096;

/**
 * Reads the details of a process on demand. Arguments may contain secrets, so they are shown and not stored.
 * Returns undefined if the process is gone or hidden, or if its PID was reused.
 */
export const readProcessDetails = (proc: ProcReader, process: ProcessId): ProcessDetails | undefined => {
  const { pid } = process;
  if (!isSameProcess(proc, process)) return undefined;
  const args = tryRead(() => proc.readText(`${pid}/cmdline`));
  const cgroup = tryRead(() => proc.readText(`${pid}/cgroup`));
  // Checks again, because the PID may have been reused meanwhile.
  if (!isSameProcess(proc, process)) return undefined;
  return {
    args: args === undefined ? undefined : parseCmdline(args),
    argsTruncated: args !== undefined && Buffer.byteLength(args) >= maxArgsBytes,
    cgroup: cgroup === undefined ? undefined : parseCgroup(cgroup),
  };
};

const isSameProcess = (proc: ProcReader, { pid, startTicks }: ProcessId): boolean => {
  const reading = tryRead(() => proc.readProcess(pid));
  return typeof reading === 'object' && (startTicks === undefined || reading.stat.startTicks === startTicks);
};

/** Parses /proc/<pid>/cmdline. Trailing NULs are dropped, because a process that sets its title may leave many. */
export const parseCmdline = (text: string): string[] => {
  const trimmed = text.replace(/\0+$/, '');
  return trimmed === '' ? [] : trimmed.split('\0');
};

/** Parses /proc/<pid>/cgroup. Returns the path in the unified hierarchy, or else the longest other path. */
export const parseCgroup = (text: string): string | undefined => {
  const lines = text.split('\n').flatMap((line) => {
    const [, number, path] = /^(\d+):[^:]*:(\/.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ unified: number === '0', path }];
  });
  const unified = lines.find(({ unified, path }) => unified && path !== '/');
  if (unified) return unified.path;
  return lines.map(({ path }) => path).toSorted((a, b) => b.length - a.length)[0];
};
