import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/trace/format/errors.ts';
import { gunzipIfNeeded, readChunks } from '../../../src/trace/read/input.ts';
import { readTrace, sortByHeaderTime } from '../../../src/trace/read/read-traces.ts';
import { syntheticEvents, syntheticInfo, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

const text = [...syntheticTrace(syntheticEvents(3000))].join('');
const count = text.split('\n').length - 1;

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
};

const inPieces = async function* (bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};

const countOf = async (
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ records: number; diagnostics: string[] }> => {
  const diagnostics: string[] = [];
  const collect = ({ line, message }: Diagnostic) => diagnostics.push(`${line}: ${message}`);
  let records = 0;
  for await (const batch of readTrace(chunks, { onSkipped: collect, onWarning: collect }))
    records += batch.records.length;
  return { records, diagnostics };
};

describe('readTrace', () => {
  test('reads a file', async () => {
    expect(await countOf(readChunks(write('plain', text)))).toEqual({ records: count, diagnostics: [] });
  });

  test.each([1, 7, 1 << 20])('decompresses gzip in chunks of %d bytes', async (size) => {
    const compressed = gzipSync(text.slice(0, 100_000));
    let length = 0;
    for await (const chunk of gunzipIfNeeded(inPieces(compressed, size))) length += chunk.length;
    expect(length).toBe(100_000);
  });

  test('decompresses several gzip members', async () => {
    const half = text.indexOf('\n', text.length / 2) + 1;
    const compressed = Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))]);
    expect(await countOf(inPieces(compressed, 4096))).toEqual({ records: count, diagnostics: [] });
  });

  test('reads truncated gzip up to its end', async () => {
    const compressed = gzipSync(text);
    const { records, diagnostics } = await countOf(
      inPieces(compressed.subarray(0, compressed.length / 2), 4096),
    );
    expect(records).toBeGreaterThan(count / 4);
    expect(diagnostics).toEqual([
      expect.stringContaining('the last line is torn'),
      expect.stringContaining('no trace.end before this'),
    ]);
  });

  test('reports damaged gzip and reads the data before the damage', async () => {
    const compressed = Buffer.from(gzipSync(text));
    compressed.fill(0xff, compressed.length / 2, compressed.length / 2 + 64);
    const { diagnostics } = await countOf(inPieces(compressed, 4096));
    expect(diagnostics.some((diagnostic) => diagnostic.includes('damaged gzip data'))).toBe(true);
  });

  test('reads no records from empty input', async () => {
    expect(await countOf(readChunks(write('empty', '')))).toEqual({ records: 0, diagnostics: [] });
    expect(await countOf(inPieces(Buffer.from([0x1f]), 1))).toMatchObject({ records: 0 });
  });

  test('rejects with the error of the file system', async () => {
    await expect(countOf(readChunks(join(folder.path, 'nowhere')))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(countOf(readChunks(folder.path))).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

describe('sortByHeaderTime', () => {
  const at = (minute: number) =>
    [
      ...syntheticTrace(syntheticEvents(3), {
        ...syntheticInfo,
        wallOffsetNs: BigInt(minute) * 60_000_000_000n,
      }),
    ].join('');
  const withRecorder = (trace: string, recorder: string) =>
    trace.replace('"host":', `"recorder":"${recorder}","host":`);

  test('sorts files by their headers, compressed or not', async () => {
    const [late, early, middle] = [
      write('late', at(9)),
      write('early', gzipSync(at(1))),
      write('middle', at(5)),
    ];
    expect(await sortByHeaderTime([late, early, middle])).toEqual([early, middle, late]);
  });

  test('[fault:two-hosts] keeps the files of one recorder together', async () => {
    const file = (name: string, recorder: string, minute: number) =>
      write(name, withRecorder(at(minute), recorder));
    const [a1, b1, a2, b2] = [file('a1', 'a', 1), file('b1', 'b', 2), file('a2', 'a', 3), file('b2', 'b', 4)];
    expect(await sortByHeaderTime([a2, b2, b1, a1])).toEqual([a1, a2, b1, b2]);
  });

  test('keeps the given order if a file has no header or cannot be read twice', async () => {
    const [late, early, bare] = [write('late', at(9)), write('early', at(1)), write('bare', '')];
    expect(await sortByHeaderTime([late, bare, early])).toEqual([late, bare, early]);
    expect(await sortByHeaderTime([late, '-', early])).toEqual([late, '-', early]);
  });
});
