import { loadLibc } from '../../native/load-libc.ts';
import { requestShortSlice } from '../../native/time-slice.ts';
import { openEventQueue } from '../connector/open-event-queue.ts';
import { KernelSampler } from '../kernel/kernel-sampler.ts';
import type { OpenKernelSampler } from './select-sampler.ts';

/** Loads libc and subscribes to the kernel's process events. @throws LibcError, ConnectorError with the reason */
export const openKernelSampler: OpenKernelSampler = ({ moduleUrl, ...options }) => {
  const { proc, clock } = options;
  const libc = loadLibc(moduleUrl);
  const queue = openEventQueue({ libc, proc, nowNs: clock.nowNs });
  // Names are read after an exec, while the program runs.
  requestShortSlice(libc);
  return new KernelSampler({ ...options, queue, modeReason: `acknowledged by the kernel (${libc.name})` });
};
