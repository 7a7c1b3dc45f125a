import { tryRead } from '../../proc/errors.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { ModeEvidence } from './detect-mode.ts';
import { initialPidNamespace, initialUserNamespace } from './namespaces.ts';

/**
 * Returns why the kernel does not send process events here, as far as files show it; undefined if it may send them. This
 * is cheaper than trying, which loads a library. A network namespace has no fixed number, so only trying reveals it.
 */
export const findKernelObstacle = (
  proc: ProcReader,
  { threadSelf, ownPid }: Pick<ModeEvidence, 'threadSelf' | 'ownPid'>,
): string | undefined => {
  if (!threadSelf) return 'this proc root does not show churntop itself';
  if (threadSelf.pid !== ownPid) return 'this proc root belongs to another PID namespace';
  if (!isIn(proc, initialPidNamespace)) return 'this is another PID namespace';
  if (!isIn(proc, initialUserNamespace)) return 'this is another user namespace';
  return undefined;
};

/** Returns whether this program is in a namespace, `pid:[4026531836]`; true if it cannot be read. */
const isIn = (proc: ProcReader, namespace: string): boolean => {
  const [type] = namespace.split(':');
  const own = tryRead(() => proc.readLink(`self/ns/${type}`));
  return own === undefined || own === namespace;
};
