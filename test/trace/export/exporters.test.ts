import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ExportFormat, exportFormats } from '../../../src/trace/export/exporter.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import { arbitraryTraceRecord } from '../../support/fixtures/arbitrary-records.ts';
import { exportIncomplete, exportText, hostile, ndjson, storyText, synthetic } from './export-fixture.ts';

const formats = Object.keys(exportFormats) as ExportFormat[];

describe.each(formats)('%s', (format) => {
  test('escapes names for terminals', () => {
    const { out } = exportText(format, storyText);
    expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(out).toContain('\\u001b]0;owned\\u0007\\u009b31m');
  });

  test('writes JSON for any trace', () => {
    fc.assert(
      fc.property(fc.array(arbitraryTraceRecord, { maxLength: 30 }), (records) => {
        const { out } = exportText(format, records.map((record) => `${encode(record)}\n`).join(''));
        if (format === 'perfetto') JSON.parse(out);
        else if (out !== '') ndjson(out);
      }),
    );
  });

  test('omits records that do not match the filter', () => {
    const { out } = exportText(format, synthetic, 'comm=git');
    expect(out).toContain('git');
    expect(out).not.toContain('containerd-shim');
  });
});

test.each(formats)('%s writes a complete document when the trace is incomplete', (format) => {
  const out = exportIncomplete(format, `broken ${hostile}`);
  const documents = format === 'perfetto' ? [out] : out.trimEnd().split('\n');
  for (const document of documents) expect(JSON.parse(document)).toBeTruthy();
});
