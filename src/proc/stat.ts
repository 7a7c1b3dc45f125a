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
  /** Field 20; 0 for a process that is being reaped. */
  threads: number;
  /** Field 22, clock ticks since boot. */
  startTicks: number;
  /** Field 38, the signal sent to the parent on exit; -1 for a thread that is not a process. */
  exitSignal: number;
  /** Field 52, as in waitpid(2); 0 also if this user may not read it. */
  exitCode: number;
};

/** PF_EXITING. */
const exiting = 0x4;
/** PF_FORKNOEXEC: no exec since the fork. */
const forkedNoExec = 0x40;
/** PF_KTHREAD. */
const kernelThread = 0x0020_0000;

/** Returns whether a process is about to exit, or has exited. In cgroup v1 it is then listed in the root cgroup. */
export const isExiting = (stat: ProcStat): boolean => (stat.flags & exiting) !== 0;
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

const startTicksField = 22;
const lastField = 52;

/**
 * Parses a stat line. Missing fields are 0, because Linux before 3.5 has fewer fields. It allocates little, because it
 * runs for every process.
 * @param knownComm an earlier comm. It is returned as `comm` if it has the same bytes.
 * @throws ProcError with the quoted bytes if it is not a stat line.
 */
export const parseStat = (line: Uint8Array, path: string, knownComm?: Uint8Array): ProcStat => {
  const { length } = line;
  let from = 0;
  while (from < length && line[from] !== openParen) from++;
  let to = length - 1;
  while (to > from && line[to] !== closeParen) to--;
  if (from < 2 || to <= from || line[to + 1] !== space) throw invalidStatError(line, path);

  const stat: ProcStat = {
    pid: parseNumber(line, 0),
    comm: commOf(line, from + 1, to, knownComm),
    state: String.fromCharCode(line[to + 2] ?? 0),
    ppid: 0,
    flags: 0,
    threads: 0,
    startTicks: 0,
    exitSignal: 0,
    exitCode: 0,
  };
  if (parseNumericFields(line, to + 3, stat) < startTicksField) throw invalidStatError(line, path);
  return stat;
};

/** Returns the bytes of the comm: `known` if they are the same, or else a copy, because the line is in a buffer. */
const commOf = (line: Uint8Array, from: number, to: number, known: Uint8Array | undefined): Uint8Array => {
  let index = from;
  if (known?.length === to - from) while (index < to && line[index] === known[index - from]) index++;
  return known && index === to ? known : new Uint8Array(line.subarray(from, to));
};

/** Parses fields 4 to 52 into `stat`, in one pass. Returns the number of the last field. */
const parseNumericFields = (line: Uint8Array, start: number, stat: ProcStat): number => {
  const { length } = line;
  let field = 3;
  let index = start;
  while (index < length && field < lastField) {
    if (line[index] !== space) {
      index++;
      continue;
    }
    const digit = line[++index] as number;
    if (digit !== minus && !(digit >= zero && digit <= nine)) break;
    field++;
    if (field === 4) stat.ppid = parseNumber(line, index);
    else if (field === 9) stat.flags = parseNumber(line, index);
    else if (field === 20) stat.threads = parseNumber(line, index);
    else if (field === startTicksField) stat.startTicks = parseNumber(line, index);
    else if (field === 38) stat.exitSignal = parseNumber(line, index);
    else if (field === lastField) stat.exitCode = parseNumber(line, index);
  }
  return field;
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
