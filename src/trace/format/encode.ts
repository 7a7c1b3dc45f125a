import { isProbeEvent, type ProbeEvent } from '../../domain/events/event.ts';
import type { TraceRecord } from '../../domain/events/record.ts';
import { jsonString, toJson } from './json.ts';
import { fieldsBySource, seqFollowsKey } from './schema.ts';

/** Encodes a record as one line without a newline. `seq` counts the records of a recorder from 0. */
export const encode = (record: TraceRecord, seq?: number): string => {
  const values = record as Record<string, unknown>;
  const seqField = seq === undefined ? '' : `,"seq":${seq}`;
  let line = `{"probe_source":"${record.probe_source}"`;
  if (!isProbeEvent(record)) line += seqField;
  for (const { key } of fieldsBySource.get(record.probe_source) ?? []) {
    const value = values[key];
    if (value === undefined) continue;
    line += `,"${key}":${toJson(value)}`;
    if (key === seqFollowsKey) line += seqField;
  }
  return `${line}}`;
};

/** Encodes a spawn or an exit with four keys only, for `--strict`. Returns undefined for other records. */
export const encodeStrict = (record: TraceRecord): string | undefined => {
  if (record.probe_source !== 'process.spawned' && record.probe_source !== 'process.exited') return undefined;
  const { probe_source, guest_pid, guest_comm, guest_monotonic_ns } = record as ProbeEvent;
  return `{"probe_source":"${probe_source}","guest_pid":${guest_pid},"guest_comm":${jsonString(guest_comm)},"guest_monotonic_ns":${guest_monotonic_ns}}`;
};
