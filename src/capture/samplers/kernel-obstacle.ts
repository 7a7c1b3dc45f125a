import { readKernelEventSupport } from '../../proc/kernel-event-support.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { ModeEvidence } from './detect-mode.ts';

/**
 * Returns why the kernel does not send process events for this proc root, as far as files show it; undefined if it may
 * send them. This is cheaper than trying, which loads a library. A network namespace has no fixed number, so only
 * trying reveals that.
 */
export const findKernelObstacle = (
  proc: ProcReader,
  { threadSelf, ownPid }: Pick<ModeEvidence, 'threadSelf' | 'ownPid'>,
): string | undefined => {
  if (!threadSelf) return 'this proc root does not show churntop itself';
  const support = readKernelEventSupport(proc);
  if (support.inFirstPidNamespace === false) return 'process events exist only in the first PID namespace';
  if (support.inFirstUserNamespace === false) return 'process events exist only in the first user namespace';
  return threadSelf.pid === ownPid ? undefined : 'this proc root belongs to another PID namespace';
};
