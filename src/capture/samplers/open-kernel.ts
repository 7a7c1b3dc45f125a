import { loadLibc } from '../../native/load-libc.ts';
import { openEventQueue } from '../kernel/open-event-queue.ts';
import type { OpenKernelSampler } from './select-sampler.ts';

/** Loads libc and subscribes to the kernel's process events. */
export const openKernelSampler: OpenKernelSampler = ({ proc, clock, moduleUrl }) => {
  const libc = loadLibc(moduleUrl);
  openEventQueue({ libc, proc, nowNs: clock.nowNs }).close();
  throw new Error('this version has no support for them');
};
