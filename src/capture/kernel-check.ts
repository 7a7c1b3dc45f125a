import { release } from 'node:os';
import { type KernelEventSupport, readKernelEventSupport } from '../proc/kernel-event-support.ts';
import { openProcReader } from '../proc/reader.ts';
import { SourceError } from './core/source.ts';
import { openLive } from './live-source.ts';

/** Whether the kernel sends process events to this user here. */
export type KernelEventCheck = KernelEventSupport & {
  /** Release of the kernel, `6.18.5`. */
  release: string;
  available: boolean;
  /** Why they are available or not, in a few words. */
  reason: string;
};

/** Subscribes to kernel events for a moment. @throws ProcError when the proc root cannot be listed */
export const checkKernelEvents = async (root: string): Promise<KernelEventCheck> => {
  const support = readKernelEventSupport(openProcReader(root));
  const source = openLive({ root, source: 'kernel', ownChildren: true });
  try {
    const reason = await new Promise<string>((resolve, reject) => {
      source.start({ onBatch() {}, onStatus: ({ modeReason }) => resolve(modeReason), onError: reject });
    });
    return { ...support, release: release(), available: true, reason };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { ...support, release: release(), available: false, reason: error.message };
  } finally {
    await source.stop();
  }
};
