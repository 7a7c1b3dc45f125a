import { type ChurnRecord, type ExitedEvent, isProbeEvent } from '../../../src/domain/events/event.ts';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';
import type { ExitStatus, Observation, StatusLine } from './observation.ts';

const observationKinds = {
  'process.spawned': 'spawn',
  'process.exec': 'exec',
  'process.exited': 'exit',
} as const;

/** Converts a churntop record; undefined for changes of the user, zombies, gaps, notes and alerts. */
export const toObservation = (record: ChurnRecord): Observation | undefined => {
  if (!isProbeEvent(record)) return undefined;
  if (record.probe_source === 'process.zombie' || record.probe_source === 'process.user') return undefined;
  const { guest_pid: pid, guest_comm: comm, guest_monotonic_ns: ns } = record;
  const ppid = record.probe_source === 'process.spawned' ? record.guest_ppid : undefined;
  const status = record.probe_source === 'process.exited' ? exitStatusOf(record) : undefined;
  const found = record.probe_source === 'process.spawned' && record.initial;
  return {
    what: found ? 'found' : observationKinds[record.probe_source],
    pid,
    comm,
    ns,
    ...(ppid !== undefined && { ppid }),
    ...(status !== undefined && { status }),
  };
};

const exitStatusOf = ({ exit_code: code, exit_signal: signal }: ExitedEvent): ExitStatus | undefined => {
  if (signal !== undefined) return `signal ${signal}`;
  return code === undefined ? undefined : `exit ${code}`;
};

export const toStatusLine = (status: SourceStatus & { lostEvents?: number }, ns: bigint): StatusLine => {
  const { mode, intervalNs, meanIntervalNs, allocatedPids, processesSeen, threadsSeen } = status;
  const { missedTasks, pendingPids, lostEvents, lastError } = status;
  const counters = { allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids };
  return { what: 'status', ns, mode, intervalNs, meanIntervalNs, ...counters, lostEvents, lastError };
};
