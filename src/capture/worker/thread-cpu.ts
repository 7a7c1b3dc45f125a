import { tryRead } from '../../proc/errors.ts';
import type { ProcReader } from '../../proc/reader.ts';

/** A clock tick of utime and stime, ms. */
const tickMs = 10;

/**
 * Returns a function that reads the CPU time of the calling thread since its start, ms. Node before 22.19 has no call
 * for it. There it reads schedstat (ns), or stat (ticks) where the kernel has no schedstat. It returns 0 if there is
 * neither.
 */
export const openThreadCpu = (proc: ProcReader): (() => number) => {
  if (typeof process.threadCpuUsage === 'function') {
    return () => {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1000;
    };
  }
  return (
    openCpuFile(proc, 'thread-self/schedstat', schedstatMs) ??
    openCpuFile(proc, 'thread-self/stat', statTicksMs) ??
    (() => 0)
  );
};

const schedstatMs = (text: string): number => Number.parseInt(text, 10) / 1e6;

const statTicksMs = (text: string): number => {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
};

const openCpuFile = (
  proc: ProcReader,
  path: string,
  parse: (text: string) => number,
): (() => number) | undefined =>
  tryRead(() => {
    const fd = proc.openFile(path);
    const read = () => parse(Buffer.from(proc.readBytes(fd)).toString('latin1'));
    return Number.isFinite(read()) ? read : undefined;
  });
