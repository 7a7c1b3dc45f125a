import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what /proc counts CPU time in, whatever the kernel's own tick is. */
const ticksPerSecond = 100;
/** The name Node gives the sampling thread, cut by the kernel at 15 bytes. */
const sampler = 'churntop-sampler'.slice(0, 15);

/** CPU time so far, in seconds: fields 14 and 15, counted from after the comm. */
const cpuSeconds = (path: string): number => {
  const stat = readFileSync(path, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

export type Usage = {
  atNs: bigint;
  cpu: number;
  /** Of the sampling thread alone; undefined where there is none of that name. */
  sampler: number | undefined;
  rssKiB: number;
};

const samplerThread = (pid: number): string | undefined =>
  readdirSync(`/proc/${pid}/task`).find(
    (tid) => readFileSync(`/proc/${pid}/task/${tid}/comm`, 'latin1').trimEnd() === sampler,
  );

export const usageOf = (pid: number): Usage => {
  const tid = samplerThread(pid);
  return {
    atNs: process.hrtime.bigint(),
    cpu: cpuSeconds(`/proc/${pid}/stat`),
    sampler: tid === undefined ? undefined : cpuSeconds(`/proc/${pid}/task/${tid}/stat`),
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
