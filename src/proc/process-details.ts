import { Buffer } from 'node:buffer';
import { parseCgroup } from '../domain/cgroups/cgroup-file.ts';
import type { ProcessId } from '../domain/events/process-id.ts';
import type { ProcessDetails } from '../domain/source/event-source.ts';
import { decodeComm } from './comm.ts';
import { isNotProcFile, isPermissionDenied, ProcError, tryRead } from './errors.ts';
import { type ProcReader, tryReadStat } from './reader.ts';
import { isExiting, type ProcStat } from './stat.ts';

/** Longer argument lists are truncated, because this is the size of the read buffer. */
const maxArgsBytes = 4096;

/**
 * Reads the details of a process on demand. Arguments may contain secrets, so they are shown and not stored.
 * Returns undefined if the process is gone or hidden, or if its PID was reused.
 */
export const readProcessDetails = (proc: ProcReader, process: ProcessId): ProcessDetails | undefined => {
  const { pid } = process;
  if (!readSameProcess(proc, process)) return undefined;
  const cmdline = readOrReason(() => proc.readText(`${pid}/cmdline`));
  const cgroup = tryRead(() => proc.readText(`${pid}/cgroup`));
  // Checks again, because the PID may have been reused meanwhile.
  const stat = readSameProcess(proc, process);
  if (!stat) return undefined;
  const path = cgroup === undefined ? undefined : parseCgroup(cgroup);
  const parsed = 'text' in cmdline ? parseArguments(cmdline.text, decodeComm(stat.comm).comm) : undefined;
  return {
    args: parsed?.args,
    argsTruncated: parsed?.truncated ?? false,
    ...(parsed && parsed.nuls > 0 && { argsNuls: parsed.nuls }),
    cgroup: path === '/' && isExiting(stat) ? undefined : path,
    ...('reason' in cmdline && { unread: cmdline.reason }),
  };
};

/** Returns the text that `read` returns, or why it failed. */
const readOrReason = (read: () => string): { text: string } | { reason: string } => {
  try {
    return { text: read() };
  } catch (error) {
    if (!(error instanceof ProcError)) throw error;
    if (isPermissionDenied(error)) return { reason: 'permission denied' };
    return { reason: isNotProcFile(error) ? 'not a file of /proc' : (error.code ?? error.message) };
  }
};

const readSameProcess = (proc: ProcReader, { pid, startTicks }: ProcessId): ProcStat | undefined => {
  const stat = tryReadStat(proc, pid);
  return startTicks === undefined || stat?.startTicks === startTicks ? stat : undefined;
};

/** The arguments of a process. */
export type Arguments = {
  args: string[];
  /** NUL bytes after `args` that are either empty arguments, or the rest of arguments that were overwritten. */
  nuls: number;
  truncated: boolean;
};

/** Maximum number of empty arguments at the end. More NULs are left by a program that overwrote its arguments. */
const maxEmptyArgs = 16;
/** The same if there is only one argument, because that may be a process title. */
const maxEmptyArgsAfterName = 4;

/**
 * Parses /proc/<pid>/cmdline. NULs at its end are empty arguments if there are few, and if the rest is more than one
 * argument, or is the name of the program. A program that sets its title leaves one text, and NULs up to the length of the
 * former arguments. Where this cannot be decided, `nuls` has their number.
 */
export const parseArguments = (text: string, comm: string): Arguments => {
  const truncated = Buffer.byteLength(text) >= maxArgsBytes;
  const content = text.replace(/\0+$/, '');
  if (content === '') return { args: [], nuls: truncated ? 0 : text.length, truncated };
  const args = content.split('\0');
  // A buffer that ends in NULs may end within the arguments.
  const nuls = truncated ? 0 : Math.max(0, text.length - content.length - 1);
  const limit =
    args.length > 1 ? maxEmptyArgs : isProgramName(args[0] as string, comm) ? maxEmptyArgsAfterName : 0;
  if (nuls > limit) return { args, nuls, truncated };
  return { args: [...args, ...Array.from({ length: nuls }, () => '')], nuls: 0, truncated };
};

/**
 * Returns whether an argument is the name or path of the program with this comm. A login shell has a `-` before its
 * name.
 */
const isProgramName = (argument: string, comm: string): boolean =>
  comm !== '' &&
  argument
    .slice(argument.lastIndexOf('/') + 1)
    .replace(/^-/, '')
    .slice(0, 15) === comm;
