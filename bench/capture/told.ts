import { type ChurnRecord, isProbeEvent } from '../../src/domain/events/event.ts';
import type { SourceStatus } from '../../src/domain/source/event-source.ts';
import type { Observation, StatusLine } from './observation.ts';

const whats = {
  'process.spawned': 'spawn',
  'process.exec': 'exec',
  'process.exited': 'exit',
} as const;

/** A churntop record as an observation; a zombie is not yet gone, an aside is no process, and who was there before was found. */
export const observationOf = (record: ChurnRecord): Observation | undefined => {
  if (!isProbeEvent(record) || record.probe_source === 'process.zombie') return undefined;
  const { guest_pid: pid, guest_comm: comm, guest_monotonic_ns: ns } = record;
  const ppid = record.probe_source === 'process.spawned' ? record.guest_ppid : undefined;
  const found = record.probe_source === 'process.spawned' && record.initial;
  return {
    what: found ? 'found' : whats[record.probe_source],
    pid,
    comm,
    ns,
    ...(ppid !== undefined && { ppid }),
  };
};

export const statusLine = (
  status: SourceStatus & { pending?: number | undefined },
  ns: bigint,
): StatusLine => {
  const {
    mode,
    intervalNs,
    meanIntervalNs,
    allocatedPids,
    processesSeen,
    threadsSeen,
    missedTasks,
    pendingPids,
    lastError,
  } = status;
  const counts = {
    allocated: allocatedPids,
    processesSeen,
    threadsSeen,
    unseen: missedTasks,
    pending: pendingPids,
  };
  return { what: 'status', ns, mode, intervalNs, periodNs: meanIntervalNs, ...counts, trouble: lastError };
};
