import { ProcError } from './errors.ts';

/** Fields of `/proc/<pid>/stat`, numbered as in proc_pid_stat(5). */
export type ProcStat = {
  pid: number;
  /** Field 2: raw bytes between the outermost parentheses. They may include `)` and newlines. */
  comm: Uint8Array;
  /** Field 3, a letter: R S D Z T t X I. */
  state: string;
  /** Field 4; 0 for processes started by the kernel, and for one that is being reaped. */
  ppid: number;
  /** Field 9, PF_* bits of the kernel. */
  flags: number;
  /** Fields 14 and 15, the CPU time of all threads in user and kernel mode, clock ticks. */
  cpuTicks: number;
  /** Fields 16 and 17, the same of the children that were waited for, and of those that these had waited for. */
  childCpuTicks: number;
  /** Field 20; 0 for a process that is being reaped. */
  threads: number;
  /** Field 22, clock ticks since boot. */
  startTicks: number;
  /** Field 24, resident memory in pages. */
  rssPages: number;
  /** Field 38, the signal sent to the parent on exit; -1 for a thread that is not a process. */
  exitSignal: number;
  /** Field 52, as in waitpid(2); 0 also if this user may not read it. */
  exitCode: number;
};

/** PF_FORKNOEXEC: no exec since the fork. */
const forkedNoExec = 0x40;
/** PF_KTHREAD. */
const kernelThread = 0x0020_0000;

export const isThread = (stat: ProcStat): boolean => stat.exitSignal === -1;
export const awaitsExec = (stat: ProcStat): boolean => (stat.flags & forkedNoExec) !== 0;
export const isKernelThread = (stat: ProcStat): boolean => (stat.flags & kernelThread) !== 0;
/** Returns whether the line was read while the process was reaped: parent and threads are 0 (do_task_stat). */
export const isBeingReaped = (stat: ProcStat): boolean => stat.threads === 0;
/** Returns whether a process is a zombie. Its main thread may be one (state Z) while other threads run. */
export const isZombie = (stat: ProcStat): boolean => stat.state === 'Z' && stat.threads === 1;

const openParen = 0x28;
const closeParen = 0x29;
const space = 0x20;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;

const lastField = 52;

/**
 * Parses a stat line. Missing fields are 0, because Linux before 3.5 has fewer fields.
 * @throws ProcError with the quoted bytes if it is not a stat line.
 */
export const parseStat = (line: Uint8Array, path: string): ProcStat => {
  const from = line.indexOf(openParen);
  const to = line.lastIndexOf(closeParen);
  if (from < 2 || to < from || line[to + 1] !== space) throw invalidStatError(line, path);

  const fields = parseNumericFields(line, to + 3);
  const startTicks = fields[22];
  if (startTicks === undefined) throw invalidStatError(line, path);
  return {
    pid: parseNumber(line, 0),
    // A copy, because the line is in the reader's buffer.
    comm: new Uint8Array(line.subarray(from + 1, to)),
    state: String.fromCharCode(line[to + 2] ?? 0),
    ppid: fields[4] ?? 0,
    flags: fields[9] ?? 0,
    cpuTicks: (fields[14] ?? 0) + (fields[15] ?? 0),
    childCpuTicks: (fields[16] ?? 0) + (fields[17] ?? 0),
    threads: fields[20] ?? 0,
    startTicks,
    rssPages: fields[24] ?? 0,
    exitSignal: fields[38] ?? 0,
    exitCode: fields[52] ?? 0,
  };
};

/** Parses fields 4 to 52, indexed by number, in one pass, because it runs for every process. */
const parseNumericFields = (line: Uint8Array, start: number): number[] => {
  const fields: number[] = [];
  let field = 3;
  let index = start;
  while (index < line.length && field < lastField) {
    if (line[index] !== space) {
      index++;
      continue;
    }
    const digit = line[index + 1] as number;
    if (digit !== minus && !(digit >= zero && digit <= nine)) break;
    field++;
    fields[field] = parseNumber(line, ++index);
  }
  return fields;
};

const parseNumber = (line: Uint8Array, start: number): number => {
  let index = start;
  const negative = line[index] === minus;
  if (negative) index++;
  let value = 0;
  for (let byte = line[index] as number; byte >= zero && byte <= nine; byte = line[++index] as number) {
    value = value * 10 + (byte - zero);
  }
  return negative ? -value : value;
};

const invalidStatError = (line: Uint8Array, path: string): ProcError =>
  new ProcError(`not a stat line: ${JSON.stringify(Buffer.from(line.subarray(0, 80)).toString('latin1'))}`, {
    path,
  });
