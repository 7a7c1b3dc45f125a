import { type ProcessOrigin, startedBefore } from '../../domain/processes/process-origin.ts';
import type { ProcessEntry } from '../../domain/processes/process-table.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';

type Lookup = { system: SystemState; userName: (uid: number) => string };

/** A process of which some is not known any more. */
type Child = Lookup & { process?: ProcessEntry | undefined; origin: ProcessOrigin | undefined };

/**
 * Returns the ancestors at spawn time, from the parent up, each with its user if its child has another one:
 * `make 71 ← sudo 70 (root) ← bash 60 (alice)`. Those that have exited since are marked.
 */
export const ancestorText = ({ process, origin, ...lookup }: Child): string | undefined => {
  const child = origin ?? process;
  const ancestors = origin?.ancestors ?? (process?.ppid ? [process.ppid] : []);
  if (!child || ancestors.length === 0) return undefined;
  let childUid = process?.uid ?? origin?.uid;
  return ancestors
    .map((pid) => {
      const { text, uid } = describeAncestor(pid, { startTicks: child.startTicks, uid: childUid }, lookup);
      childUid = uid ?? childUid;
      return text;
    })
    .join(' ← ');
};

/** Returns the parent of a process, with its user if that is another one; undefined if it is not known. */
export const parentText = (child: ProcessOrigin, lookup: Lookup): string | undefined =>
  child.ppid === undefined ? undefined : describeAncestor(child.ppid, child, lookup).text;

const describeAncestor = (
  pid: number,
  child: Pick<ProcessOrigin, 'startTicks' | 'uid'>,
  { system: { table, ancestry }, userName }: Lookup,
): { text: string; uid: number | undefined } => {
  const live = table.get(pid);
  const isLive = live !== undefined && startedBefore(live, child);
  const exited = isLive ? undefined : ancestry.findExited(pid, child);
  const name = isLive ? live.comm : (exited?.nameHistory.names.at(-1) ?? '?');
  const uid = isLive ? live.uid : exited?.uid;
  const user = uid === undefined || uid === child.uid ? '' : ` (${userName(uid)})`;
  return { text: `${name} ${pid}${user}${isLive ? '' : ' (exited)'}`, uid };
};
