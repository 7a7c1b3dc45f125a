import type { ProcessId } from '../domain/events/process-id.ts';
import type { ProcessDetails } from '../domain/source/event-source.ts';
import { tryRead } from './errors.ts';
import type { ProcReader } from './reader.ts';

/** One read of a small file gives no more; longer argument lists are cut there. */
const maxArgsBytes = 4096;

/**
 * What is read of a process only when someone asks for it. Arguments may hold secrets: they go to the screen and nowhere else.
 * Undefined where it is gone, hidden, or its PID is another's by now.
 */
export const readProcessDetails = (proc: ProcReader, process: ProcessId): ProcessDetails | undefined => {
  const { pid } = process;
  if (!isSameProcess(proc, process)) return undefined;
  const args = tryRead(() => proc.readText(`${pid}/cmdline`));
  const cgroup = tryRead(() => proc.readText(`${pid}/cgroup`));
  // Read again: between the two looks the PID may have gone to another.
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

/** Each ends in a NUL (proc_pid_cmdline(5)); a process that wrote its own title may leave many at the end. */
export const parseCmdline = (text: string): string[] => {
  const whole = text.replace(/\0+$/, '');
  return whole === '' ? [] : whole.split('\0');
};

/** The path in the unified hierarchy, else the longest of the others; `/` where a namespace hides the rest. */
export const parseCgroup = (text: string): string | undefined => {
  const lines = text.split('\n').flatMap((line) => {
    const [, number, path] = /^(\d+):[^:]*:(\/.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ unified: number === '0', path }];
  });
  const unified = lines.find(({ unified, path }) => unified && path !== '/');
  if (unified) return unified.path;
  return lines.map(({ path }) => path).toSorted((a, b) => b.length - a.length)[0];
};
