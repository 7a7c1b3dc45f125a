import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what /proc/<pid>/stat counts CPU time in, whatever the kernel's own tick is. */
const ticksPerSecond = 100;
/** The name Node gives the sampling thread, cut by the kernel at 15 bytes. */
const sampler = 'churntop-sampler'.slice(0, 15);

/** In ticks: fields 14 and 15, counted from after the comm. */
const ticks = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
};

/** CPU time of a thread so far, in seconds: to the nanosecond, where the kernel keeps such an account. */
const cpuSeconds = (task: string): number => {
  try {
    return Number.parseInt(readFileSync(`${task}/schedstat`, 'latin1'), 10) / 1e9;
  } catch {
    return ticks(readFileSync(`${task}/stat`, 'latin1')) / ticksPerSecond;
  }
};

export type Usage = {
  atNs: bigint;
  cpu: number;
  /** Of the sampling thread alone; undefined where there is none of that name. */
  sampler: number | undefined;
  rssKiB: number;
};

const threadsOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).map((tid) => `/proc/${pid}/task/${tid}`);

const isSampler = (task: string): boolean => readFileSync(`${task}/comm`, 'latin1').trimEnd() === sampler;

/** None of the watchers ends a thread while it is measured. */
export const usageOf = (pid: number): Usage => {
  const threads = threadsOf(pid);
  const looking = threads.find(isSampler);
  return {
    atNs: process.hrtime.bigint(),
    cpu: threads.reduce((sum, task) => sum + cpuSeconds(task), 0),
    sampler: looking === undefined ? undefined : cpuSeconds(looking),
    rssKiB: Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0),
  };
};

/** Shares of one core between two readings. */
export type Shares = { cpu: number; sampler: number | undefined };

export const sharesBetween = (from: Usage, to: Usage): Shares => {
  const seconds = Number(to.atNs - from.atNs) / 1e9;
  const sampler =
    from.sampler === undefined || to.sampler === undefined
      ? undefined
      : (to.sampler - from.sampler) / seconds;
  return { cpu: (to.cpu - from.cpu) / seconds, sampler };
};
