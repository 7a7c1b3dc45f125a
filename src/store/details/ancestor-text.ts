import { nameText } from '../../domain/commands/command-text.ts';
import { type ProcessOrigin, startedBefore } from '../../domain/processes/process-origin.ts';
import type { ProcessEntry } from '../../domain/processes/process-table.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';

/** A process, as far as it is known. */
type Child = {
  process?: ProcessEntry | undefined;
  origin: ProcessOrigin | undefined;
  system: SystemState;
  userName: (uid: number) => string;
};

/**
 * Returns the ancestors at spawn time, from the parent up, each with its user if its child has another one:
 * `make 71 ← sudo 70 (root) ← bash 60 (alice)`. Those that have exited since are marked.
 */
export const ancestorText = ({ process, origin, system, userName }: Child): string | undefined => {
  const child = origin ?? process;
  const ancestors = origin?.ancestors ?? (process?.ppid ? [process.ppid] : []);
  if (!child || ancestors.length === 0) return undefined;
  let childUid = process?.uid ?? origin?.uid;
  return ancestors
    .map((pid) => {
      const { name, uid, isLive } = findAncestor(pid, child, system);
      const isOtherUser = uid !== undefined && uid !== childUid;
      const notes = [...(isOtherUser ? [userName(uid)] : []), ...(isLive ? [] : ['exited'])];
      childUid = uid ?? childUid;
      return `${name}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
    })
    .join(' ← ');
};

/** Returns the name and PID of the parent of a process; undefined if it is not known. */
export const parentText = (child: ProcessOrigin, system: SystemState): string | undefined =>
  child.ppid === undefined ? undefined : findAncestor(child.ppid, child, system).name;

const findAncestor = (
  pid: number,
  child: Pick<ProcessOrigin, 'startTicks'>,
  { table, ancestry }: SystemState,
): { name: string; uid: number | undefined; isLive: boolean } => {
  const live = table.get(pid);
  if (live && startedBefore(live, child))
    return { name: `${nameText(live.comm)} ${pid}`, uid: live.uid, isLive: true };
  const exited = ancestry.findExited(pid, child);
  return { name: `${nameText(exited?.nameHistory.names.at(-1))} ${pid}`, uid: exited?.uid, isLive: false };
};
