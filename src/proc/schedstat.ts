/**
 * The first and third number of /proc/<pid>/schedstat: how long the main thread of a process has run, ns, and how often.
 * If neither has changed, the thread has not run. So it has not exited, called exec, or changed its name or user.
 */
export type RunCounters = { ranNs: number; runs: number };

const space = 0x20;
const zero = 0x30;
const nine = 0x39;

/**
 * Parses a line `51517 0 1` of `length` bytes into `counters`. It allocates nothing.
 * @returns false if the kernel does not count: it then prints zeros.
 */
export const parseSchedstat = (line: Uint8Array, length: number, counters: RunCounters): boolean => {
  let index = 0;
  let value = 0;
  let field = 0;
  counters.ranNs = 0;
  for (; index < length; index++) {
    const byte = line[index] as number;
    if (byte >= zero && byte <= nine) {
      value = value * 10 + (byte - zero);
    } else if (byte === space) {
      if (field++ === 0) counters.ranNs = value;
      value = 0;
    } else {
      break;
    }
  }
  counters.runs = value;
  return field === 2 && value > 0;
};
