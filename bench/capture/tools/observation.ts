/** How a process ended: `exit 3`, `signal 15`. */
export type ExitStatus = `exit ${number}` | `signal ${number}`;

/** Parses a wait status: an exit code times 256, or a signal, plus 128 for a core dump. */
export const parseWaitStatus = (status: number): ExitStatus => {
  const signal = status & 0x7f;
  return signal === 0 ? `exit ${(status >> 8) & 0xff}` : `signal ${signal}`;
};

/** An event that a tool reported. 'found': the process existed before the tool started. */
export type Observation = {
  what: 'found' | 'spawn' | 'exec' | 'exit';
  pid: number;
  comm: string;
  /** CLOCK_MONOTONIC ns. */
  ns: bigint;
  /** The parent, where the tool reports it. */
  ppid?: number;
  /** Of an exit: absent where the tool does not know it. */
  status?: ExitStatus;
};

/** The counters of churntop, as of `ns`. */
export type StatusLine = {
  what: 'status';
  ns: bigint;
  mode: string;
  intervalNs: bigint;
  meanIntervalNs: bigint;
  allocatedPids: number | undefined;
  processesSeen: number;
  threadsSeen: number | undefined;
  missedTasks: number | undefined;
  pendingPids: number | undefined;
  /** Events lost in the kernel's queue; undefined where events are not the source. */
  lostEvents: number | undefined;
  lastError: string | undefined;
};

/** A period of time, CLOCK_MONOTONIC ns. */
export type Span = { fromNs: bigint; toNs: bigint };

export const isWithin = ({ fromNs, toNs }: Span, ns: bigint): boolean => ns >= fromNs && ns <= toNs;

/** The output of a tool. */
export type ToolReport = { observations: Observation[]; statuses: StatusLine[] };

type Line = Observation | StatusLine;

/** Encodes a line as JSON. Nanoseconds exceed 2^53 after 104 days of uptime, so they are strings like `12n`. */
export const toLine = (line: Line): string =>
  `${JSON.stringify(line, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))}\n`;

const reviveBigInt = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;

const parseLine = (text: string): Line => {
  const line = JSON.parse(text, reviveBigInt) as Line;
  return line.what === 'status' ? line : { ...line, comm: toComm(line.comm) };
};

/** Restores a comm that equals an encoded number (`12n`). */
const toComm = (comm: unknown): string => (typeof comm === 'bigint' ? `${comm}n` : String(comm));

/** Parses the output of a tool. An incomplete last line is ignored. */
export const parseReport = (text: string): ToolReport => {
  const report: ToolReport = { observations: [], statuses: [] };
  for (let from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from)) {
    const line = parseLine(text.slice(from, to));
    if (line.what === 'status') report.statuses.push(line);
    else report.observations.push(line);
  }
  return report;
};
