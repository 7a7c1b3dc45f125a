/**
 * The PID cursor: the last two numbers of /proc/loadavg, `0.00 0.01 0.05 1/123 4567`. 4567 is the number handed out
 * last in the reader's PID namespace, 123 how many tasks exist, machine-wide. If neither moved, nothing was born and
 * nothing was reaped.
 */
export type PidCursor = { pid: number; tasks: number };

/** The kernel starts again at 300 (RESERVED_PIDS in kernel/pid.c) once the cursor came to pid_max. */
export const firstPidAfterWrap = 300;

const zero = 0x30;
const nine = 0x39;
const space = 0x20;
const slash = 0x2f;
const newline = 0x0a;

/**
 * Read the cursor off the end of a loadavg line of `length` bytes. Straight from the bytes into `into`: this runs
 * hundreds of times a second on a guest where nothing happens, and must leave nothing for the garbage collector.
 * @returns false, and `into` untouched, when the line does not end like a loadavg line.
 */
export const parseLoadavg = (line: Uint8Array, length: number, into: PidCursor): boolean => {
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
  into.pid = pid;
  into.tasks = tasks;
  return true;
};

/** How many numbers lie in (after, upto]: those the cursor passed on its way, around pid_max if it has to. */
export const countPidsBetween = (after: number, upto: number, pidMax: number): number =>
  upto >= after ? upto - after : Math.max(0, pidMax - 1 - after) + Math.max(0, upto - firstPidAfterWrap + 1);

/** The number handed out before `pid`, on the way from `after` to `upto`. */
export const previousPid = (pid: number, after: number, upto: number, pidMax: number): number =>
  upto < after && pid <= firstPidAfterWrap ? pidMax - 1 : pid - 1;

/** Whether `pid` lies in (after, upto]. */
export const isPidBetween = (pid: number, after: number, upto: number): boolean =>
  upto >= after ? pid > after && pid <= upto : pid > after || (pid >= firstPidAfterWrap && pid <= upto);
