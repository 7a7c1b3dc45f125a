import type { ChurnRecord, EnrichedFields } from './event.ts';

/** The fields that are read in addition to the events. */
export type EnrichedKeys = { args: boolean; cgroup: boolean };

type Enriched = Partial<EnrichedFields>;

/**
 * Returns the record without the fields that are read for the screen but must not be written. Arguments can contain
 * secrets, so everything that writes records passes them through this function.
 */
export const recordedPart = <R extends ChurnRecord>(record: R, recorded: EnrichedKeys): R => {
  if (recorded.args && recorded.cgroup) return record;
  const { probe_source } = record;
  if (probe_source !== 'process.spawned' && probe_source !== 'process.exec') return record;
  if (!('args' in record || 'cgroup' in record || 'unread' in record)) return record;
  const { args, args_cut, args_nuls, cgroup, unread, ...event } = record as R & Enriched;
  const removed = new Set([...(recorded.args ? [] : ['args']), ...(recorded.cgroup ? [] : ['cgroup'])]);
  const kept = unread?.filter((key) => !removed.has(key)) ?? [];
  return {
    ...event,
    ...(recorded.args && {
      ...(args !== undefined && { args }),
      ...(args_cut !== undefined && { args_cut }),
      ...(args_nuls !== undefined && { args_nuls }),
    }),
    ...(recorded.cgroup && cgroup !== undefined && { cgroup }),
    ...(kept.length > 0 && { unread: kept }),
  } as unknown as R;
};
