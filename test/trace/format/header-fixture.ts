import type { HeaderRecord } from '../../../src/domain/events/record.ts';

/** A time that a number cannot hold exactly, ns. */
export const past = 2n ** 53n + 1n;
export const clock = { monotonic_ns: past, realtime: '2026-11-22T21:02:25.123456789Z' };

export const header: HeaderRecord = {
  probe_source: 'trace.header',
  format: 1,
  tool: 'churntop 0.1.0',
  host: 'guest',
  boot_id: 'b',
  pid_ns: 'pid:[1]',
  epistemic_status: 'DECLARED',
  capture_mode: 'walk',
  pid_max: 32768,
  clock,
  boot_offset_ns: 5n,
  filter: 'ng',
  hidden: 2,
};
