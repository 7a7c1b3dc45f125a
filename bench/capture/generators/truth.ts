import { type ExitStatus, parseWaitStatus } from '../tools/observation.ts';

/** The lifetime of one child as the generator measured it. */
export type Lifetime = {
  pid: number;
  /** Before fork() was called, CLOCK_MONOTONIC ns. */
  forkNs: bigint;
  /** The earliest time of its exit: after fork() it slept for this long. */
  exitNs: bigint;
  /** After wait4() returned the child. */
  reapNs: bigint;
  /** The last comm of the child. */
  comm: string;
  status: ExitStatus;
};

/** The ground truth of a run. `generator`: the PID of the generator. */
export type Truth = { generator: number; lifetimes: Lifetime[] };

/** Parses the generator's log: `# generator PID`, then one line per child. @throws Error on other text. */
export const parseTruth = (text: string): Truth => {
  const [head = '', ...lines] = text.split('\n');
  const generator = /^# generator (\d+)$/.exec(head)?.[1];
  if (generator === undefined) throw new Error(`not a churn log: ${JSON.stringify(head.slice(0, 80))}`);
  const lifetimes: Lifetime[] = [];
  for (const line of lines) {
    if (line === '') continue;
    const [pid, forkText, reapText, comm, , lifeText, status] = line.split('\t');
    if (!pid || !forkText || !reapText || !comm || !lifeText || !status)
      throw new Error(`not a lifetime: ${JSON.stringify(line)}`);
    const forkNs = BigInt(forkText);
    lifetimes.push({
      pid: Number(pid),
      forkNs,
      exitNs: forkNs + BigInt(lifeText),
      reapNs: BigInt(reapText),
      comm,
      status: parseWaitStatus(Number(status)),
    });
  }
  return { generator: Number(generator), lifetimes };
};
