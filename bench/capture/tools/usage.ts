import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, the unit of CPU time in /proc/<pid>/stat. */
const ticksPerSecond = 100;
/** The name of the sampling thread, truncated by the kernel to 15 bytes. */
const samplerComm = 'churntop-sampler'.slice(0, 15);

/** Returns utime + stime in ticks: fields 14 and 15, counted from after the comm. */
const cpuTicks = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
};

/** Reads the CPU time of a thread, in seconds: exact from schedstat, or in ticks where there is none. */
const readCpuSeconds = (task: string): number => {
  try {
    return Number.parseInt(readFileSync(`${task}/schedstat`, 'latin1'), 10) / 1e9;
  } catch {
    return cpuTicks(readFileSync(`${task}/stat`, 'latin1')) / ticksPerSecond;
  }
};

/** Resources that a process has used since its start. CPU times are in seconds. */
export type Usage = {
  atNs: bigint;
  cpu: number;
  /** CPU time of the sampling thread; undefined where there is none. */
  sampler: number | undefined;
  rssKiB: number;
};

const threadsOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).map((tid) => `/proc/${pid}/task/${tid}`);

const isSampler = (task: string): boolean => readFileSync(`${task}/comm`, 'latin1').trimEnd() === samplerComm;

/** Reads the usage of a process. No tool ends a thread while it is measured. */
export const readUsage = (pid: number): Usage => {
  const threads = threadsOf(pid);
  const sampler = threads.find(isSampler);
  return {
    atNs: process.hrtime.bigint(),
    cpu: threads.reduce((sum, task) => sum + readCpuSeconds(task), 0),
    sampler: sampler === undefined ? undefined : readCpuSeconds(sampler),
    rssKiB: Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0),
  };
};

/** CPU usage as shares of one core. */
export type CpuShares = { cpu: number; sampler: number | undefined };

export const sharesBetween = (from: Usage, to: Usage): CpuShares => {
  const seconds = Number(to.atNs - from.atNs) / 1e9;
  const sampler =
    from.sampler === undefined || to.sampler === undefined
      ? undefined
      : (to.sampler - from.sampler) / seconds;
  return { cpu: (to.cpu - from.cpu) / seconds, sampler };
};
