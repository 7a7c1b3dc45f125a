import type { SourceInfo } from '../domain/source.ts';
import { parseRfc3339 } from '../domain/wall-time.ts';
import type { TraceBatch } from './batches.ts';

/** What a header tells of its guest; a trace without one (`--strict`) tells nothing. */
export const infoOf = (header: TraceBatch['header']): SourceInfo => {
  const realtimeNs = header && parseRfc3339(header.clock.realtime);
  return {
    host: header?.host ?? 'unknown',
    bootId: header?.boot_id ?? 'unknown',
    pidNamespace: header?.pid_ns ?? 'unknown',
    bootOffsetNs: header?.boot_offset_ns ?? 0n,
    ...(header?.cgroups && { cgroups: true }),
    pidMax: header?.pid_max,
    wallOffsetNs: header && realtimeNs !== undefined ? realtimeNs - header.clock.monotonic_ns : 0n,
  };
};
