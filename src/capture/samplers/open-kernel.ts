import { loadLibc } from '../../native/load-libc.ts';
import { openEventQueue } from '../connector/open-event-queue.ts';
import { KernelSampler } from '../kernel/kernel-sampler.ts';
import type { OpenKernelSampler } from './select-sampler.ts';

/** Loads libc and subscribes to the kernel's process events. */
export const openKernelSampler: OpenKernelSampler = ({ proc, clock, moduleUrl, ...options }) => {
  const libc = loadLibc(moduleUrl);
  const queue = openEventQueue({ libc, proc, nowNs: clock.nowNs });
  return new KernelSampler({ ...options, queue, proc, clock, modeReason: 'the kernel sends its events' });
};
