import { parseCgroup } from '../proc/about.ts';
import { ifReadable } from '../proc/errors.ts';
import type { Ask } from './asked.ts';

/** The control group a process is in. */
export const askCgroup: Ask = (proc, { guest_pid: pid }) => {
  const text = ifReadable(() => proc.text(`${pid}/cgroup`));
  const cgroup = text === undefined ? undefined : parseCgroup(text);
  return cgroup === undefined ? undefined : { cgroup };
};
