import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import type { Diagnostic } from '../../../src/trace/format/errors.ts';
import type { TraceBatch } from '../../../src/trace/read/batches.ts';
import { TraceReader } from '../../../src/trace/read/reader.ts';
import { exited, seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';

export type Part = string | { file: string; text: string | Uint8Array };

export const read = (...parts: Part[]) => {
  const diagnostics: string[] = [];
  const collect = (kind: string) => (diagnostic: Diagnostic) =>
    diagnostics.push(`${kind} ${diagnostic.file}:${diagnostic.line}: ${diagnostic.message}`);
  const reader = new TraceReader({ onSkipped: collect('skipped'), onWarning: collect('warning') });
  const batches: TraceBatch[] = [];
  for (const part of parts) {
    const { file, text } = typeof part === 'string' ? { file: 't', text: part } : part;
    reader.open(file);
    batches.push(...reader.push(Buffer.from(text)), ...reader.close());
  }
  reader.finish();
  return { reader, batches, records: batches.flatMap(({ records }) => records), diagnostics };
};

export const lines = (...records: (readonly [TraceRecord, number?])[]): string =>
  records.map(([record, seq]) => `${encode(record, seq)}\n`).join('');

export const header = (seq = 0, more: object = {}): readonly [TraceRecord, number] => [
  {
    probe_source: 'trace.header',
    format: 1,
    tool: 'churntop test',
    host: 'guest',
    boot_id: sourceInfo.bootId,
    pid_ns: sourceInfo.pidNamespace,
    epistemic_status: 'DECLARED',
    clock: { monotonic_ns: 0n, realtime: '2026-01-01T12:00:00.000000000Z' },
    ...more,
  } as TraceRecord,
  seq,
];
export const end: TraceRecord = { probe_source: 'trace.end', monotonic_ns: seconds(9) };
export const one = spawned(10, 'one', 1);
export const two = exited(10, 'one', 2);
