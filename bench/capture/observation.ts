/** One thing a contestant says happened, in the order it said so; `found` was there before it looked. */
export type Observation = {
  what: 'found' | 'spawn' | 'exec' | 'exit';
  pid: number;
  comm: string;
  /** CLOCK_MONOTONIC ns. */
  ns: bigint;
  /** The parent, where the contestant tells it. */
  ppid?: number;
};

/** What churntop says of its own looking, stamped when it said so. */
export type StatusLine = {
  what: 'status';
  ns: bigint;
  mode: string;
  intervalNs: bigint;
  periodNs: bigint;
  allocated: number | undefined;
  processesSeen: number;
  threadsSeen: number | undefined;
  unseen: number | undefined;
  /** Numbers still being looked for. */
  pending: number | undefined;
  trouble: string | undefined;
};

/** A stretch of time, CLOCK_MONOTONIC ns. */
export type Span = { fromNs: bigint; toNs: bigint };

export const isWithin = ({ fromNs, toNs }: Span, ns: bigint): boolean => ns >= fromNs && ns <= toNs;

export type Report = { observations: Observation[]; statuses: StatusLine[] };

type Line = Observation | StatusLine;

/** Nanoseconds pass 2^53 after 104 days of uptime: on disk they are decimal strings. */
export const toLine = (line: Line): string =>
  `${JSON.stringify(line, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))}\n`;

const bigints = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;

/** A comm that itself reads like `12n` comes back as a number, and must not. */
const parseLine = (text: string): Line => {
  const line = JSON.parse(text, bigints) as Line;
  return line.what === 'status' ? line : { ...line, comm: restored(line.comm) };
};

const restored = (comm: unknown): string => (typeof comm === 'bigint' ? `${comm}n` : String(comm));

/** A contestant's file; a last line cut short by its end is left out. */
export const parseReport = (text: string): Report => {
  const report: Report = { observations: [], statuses: [] };
  for (let from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from)) {
    const line = parseLine(text.slice(from, to));
    if (line.what === 'status') report.statuses.push(line);
    else report.observations.push(line);
  }
  return report;
};
