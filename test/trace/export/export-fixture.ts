import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { unknownGuest } from '../../../src/domain/processes/guest.ts';
import type { ExportFormat } from '../../../src/trace/export/exporter.ts';
import { exporters } from '../../../src/trace/export/exporters.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import { TraceReader } from '../../../src/trace/read/reader.ts';
import { TraceFilter } from '../../../src/trace/read/trace-filter.ts';
import { alert, exited, note, seconds, spawned, zombie } from '../../support/fixtures/events.ts';
import { syntheticEvents, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';

/** Exports a trace, filtered if given. */
export const exportText = (format: ExportFormat, text: string, filter = '') => {
  const exporter = exporters[format]({ tool: 'churntop 1.2.3' });
  const compiled = parseFilter(filter);
  const traceFilter = new TraceFilter(compiled.ok ? compiled : matchAll, () => unknownGuest);
  const reader = new TraceReader();
  let out = exporter.begin();
  for (const batch of [...reader.push(Buffer.from(text)), ...reader.close()])
    out += exporter.convert(batch, traceFilter.forBatch(batch));
  return { out: out + exporter.end(), skipped: exporter.skippedRecords };
};

/** Exports the story up to its note, as an incomplete trace. */
export const exportIncomplete = (format: ExportFormat, reason: string): string => {
  const exporter = exporters[format]({ tool: 'churntop 1.2.3' });
  const read = new TraceReader().push(Buffer.from(storyText.slice(0, storyText.indexOf('trace.note'))));
  let out = exporter.begin();
  for (const batch of read) out += exporter.convert(batch, () => true);
  return out + exporter.end(reason);
};

export const hostile = '\u001b]0;owned\u0007\u009b31m"\\\u202e';
export const header: TraceRecord = {
  probe_source: 'trace.header',
  format: 1,
  tool: 't',
  host: 'web-1',
  boot_id: 'b',
  pid_ns: 'pid:[4026531836]',
  epistemic_status: 'DECLARED',
  clock: { monotonic_ns: 0n, realtime: '2026-01-01T12:00:00.000000000Z' },
};
const containerId = '0123456789ab'.padEnd(64, 'c');
const podUid = '1e2d3c4b-0a1b-4c5d-8e9f-001122334455';
/** The place of the process in `story`. */
export const place = { containerId, podUid };
const podCgroup = `/kubepods.slice/kubepods-pod${podUid.replaceAll('-', '_')}.slice/cri-containerd-${containerId}.scope`;
export const story: TraceRecord[] = [
  header,
  spawned(1, 'init', 1, { initial: true, guest_ppid: 0 }),
  spawned(7, 'bash', 2, { guest_ppid: 1, guest_uid: 1000, cgroup: podCgroup, args: ['bash', '-c', hostile] }),
  {
    probe_source: 'process.exec',
    guest_pid: 7,
    guest_comm: hostile,
    guest_monotonic_ns: seconds(2),
    previous_comm: 'bash',
    args: [hostile, '--all'],
    args_cut: true,
  },
  {
    probe_source: 'trace.gap',
    reason: 'unseen',
    tasks: 4,
    from_monotonic_ns: seconds(2),
    to_monotonic_ns: seconds(3),
  },
  note(`deployed ${hostile}`, 3),
  alert('spawn_rate(comm)>50', 3, { key: hostile }),
  zombie(7, hostile, 3, { guest_ppid: 1 }),
  exited(7, hostile, 4, { lifetime_ns: seconds(2), exit_code: 3, start_ticks: 200 }),
  { probe_source: 'trace.end', monotonic_ns: seconds(5) },
];
export const storyText = story.map((record, seq) => `${encode(record, seq)}\n`).join('');
export const synthetic = [...syntheticTrace(syntheticEvents(2000))].join('');
export const ndjson = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
