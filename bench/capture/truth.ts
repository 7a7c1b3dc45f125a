/** One child as the generator lived it: the truth that observations are held against. */
export type Life = {
  pid: number;
  /** Before fork() was called, CLOCK_MONOTONIC ns. */
  forkNs: bigint;
  /** After wait4() gave it up. */
  reapNs: bigint;
  /** The last name it had. */
  comm: string;
};

export type Truth = { generator: number; lives: Life[] };

/** The generator's log: `# generator PID`, then one line a child. */
export const parseTruth = (text: string): Truth => {
  const [head = '', ...lines] = text.split('\n');
  const generator = /^# generator (\d+)$/.exec(head)?.[1];
  if (generator === undefined) throw new Error(`not a churn log: ${JSON.stringify(head.slice(0, 80))}`);
  const lives: Life[] = [];
  for (const line of lines) {
    if (line === '') continue;
    const [pid, forkNs, reapNs, comm] = line.split('\t');
    if (!pid || !forkNs || !reapNs || !comm) throw new Error(`not a life: ${JSON.stringify(line)}`);
    lives.push({ pid: Number(pid), forkNs: BigInt(forkNs), reapNs: BigInt(reapNs), comm });
  }
  return { generator: Number(generator), lives };
};
