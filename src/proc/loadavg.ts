import { tryRead } from './errors.ts';
import type { ProcReader } from './reader.ts';

/**
 * The last two numbers of /proc/loadavg, `0.00 0.01 0.05 1/123 4567`. `pid`, here 4567, is the PID counter: the last
 * PID allocated in the reader's PID namespace. `tasks`, here 123, is the number of tasks on the machine. If neither has
 * changed, no task spawned or was reaped.
 */
export type LoadavgCounters = { pid: number; tasks: number };

/** Returns the load average of the last minute; undefined if it cannot be read. */
export const readLoad = (proc: Pick<ProcReader, 'readText'>): number | undefined => {
  const [, load] = /^(\d+\.\d+) /.exec(tryRead(() => proc.readText('loadavg')) ?? '') ?? [];
  return load === undefined ? undefined : Number(load);
};

/** The first PID after a wraparound at pid_max (RESERVED_PIDS in kernel/pid.c). */
const firstPidAfterWrap = 300;

/** The PIDs allocated after `from`, up to and including `to`. If `to` is lower, the PIDs wrapped around at `pidMax`. */
export type PidRange = { from: number; to: number; pidMax: number };

const zero = 0x30;
const nine = 0x39;
const space = 0x20;
const slash = 0x2f;
const newline = 0x0a;

/**
 * Parses the end of a loadavg line of `length` bytes into `counters`. It reads bytes and allocates nothing, because it
 * runs hundreds of times a second on an idle guest.
 * @returns false, with `counters` unchanged, if the line does not end like a loadavg line.
 */
export const parseLoadavg = (line: Uint8Array, length: number, counters: LoadavgCounters): boolean => {
  let index = length - 1;
  if (line[index] === newline) index--;
  let pid = 0;
  let tasks = 0;
  const lastDigit = index;
  for (let unit = 1; index >= 0; index--, unit *= 10) {
    const byte = line[index] as number;
    if (byte < zero || byte > nine) break;
    pid += (byte - zero) * unit;
  }
  if (index === lastDigit || line[index] !== space) return false;
  const lastOfTasks = --index;
  for (let unit = 1; index >= 0; index--, unit *= 10) {
    const byte = line[index] as number;
    if (byte < zero || byte > nine) break;
    tasks += (byte - zero) * unit;
  }
  if (index === lastOfTasks || line[index] !== slash) return false;
  counters.pid = pid;
  counters.tasks = tasks;
  return true;
};

/** Returns the first PID after a wraparound. It is lower if the counter was set to a lower PID (ns_last_pid). */
const firstAfterWrap = (to: number): number => (to < firstPidAfterWrap ? 1 : firstPidAfterWrap);

/** Returns the number of PIDs in a range. */
export const countPidsBetween = ({ from, to, pidMax }: PidRange): number =>
  to >= from ? to - from : Math.max(0, pidMax - 1 - from) + (to - firstAfterWrap(to) + 1);

/** Returns the PID allocated before `pid` in a range. */
export const previousPid = (pid: number, { from, to, pidMax }: PidRange): number =>
  to < from && pid <= firstAfterWrap(to) ? pidMax - 1 : pid - 1;

/** Returns whether `pid` is in the range after `from`, up to and including `to`. */
export const isPidBetween = (pid: number, from: number, to: number): boolean =>
  to >= from ? pid > from && pid <= to : pid > from || (pid >= firstAfterWrap(to) && pid <= to);
