import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/trace/format/errors.ts';
import { gunzipIfNeeded, readChunks } from '../../../src/trace/read/input.ts';
import { readTrace, sortByHeaderTime } from '../../../src/trace/read/read-traces.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { syntheticEvents, syntheticInfo, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';

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
): Promise<{ records: number; remarks: string[] }> => {
  const remarks: string[] = [];
  const say = ({ line, message }: Diagnostic) => remarks.push(`${line}: ${message}`);
  let records = 0;
  for await (const batch of readTrace(chunks, { onSkipped: say, onWarning: say }))
    records += batch.records.length;
  return { records, remarks };
};

describe('bytes', () => {
  test('of a file', async () => {
    expect(await countOf(readChunks(write('plain', text)))).toEqual({ records: count, remarks: [] });
  });

  test.each([1, 7, 1 << 20])('gzip in pieces of %d', async (size) => {
    const packed = gzipSync(text.slice(0, 100_000));
    let length = 0;
    for await (const chunk of gunzipIfNeeded(inPieces(packed, size))) length += chunk.length;
    expect(length).toBe(100_000);
  });

  test('gzip members one after the other', async () => {
    const half = text.indexOf('\n', text.length / 2) + 1;
    const packed = Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))]);
    expect(await countOf(inPieces(packed, 4096))).toEqual({ records: count, remarks: [] });
  });

  test('gzip that stops in the middle gives what was in it', async () => {
    const packed = gzipSync(text);
    const { records, remarks } = await countOf(inPieces(packed.subarray(0, packed.length / 2), 4096));
    expect(records).toBeGreaterThan(count / 4);
    expect(remarks).toEqual([
      expect.stringContaining('the last line is torn'),
      expect.stringContaining('no trace.end before this'),
    ]);
  });

  test('damaged gzip is named, and what came before is read', async () => {
    const packed = Buffer.from(gzipSync(text));
    packed.fill(0xff, packed.length / 2, packed.length / 2 + 64);
    const { remarks } = await countOf(inPieces(packed, 4096));
    expect(remarks.some((remark) => remark.includes('damaged gzip data'))).toBe(true);
  });

  test('none', async () => {
    expect(await countOf(readChunks(write('empty', '')))).toEqual({ records: 0, remarks: [] });
    expect(await countOf(inPieces(Buffer.from([0x1f]), 1))).toMatchObject({ records: 0 });
  });

  test('of a file that is not there: the error of the file system', async () => {
    await expect(countOf(readChunks(join(folder.path, 'nowhere')))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(countOf(readChunks(folder.path))).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

describe('rotated parts', () => {
  const at = (minute: number) =>
    [
      ...syntheticTrace(syntheticEvents(3), {
        ...syntheticInfo,
        wallOffsetNs: BigInt(minute) * 60_000_000_000n,
      }),
    ].join('');

  test('are put in the order of their headers, packed or not', async () => {
    const [late, early, middle] = [
      write('late', at(9)),
      write('early', gzipSync(at(1))),
      write('middle', at(5)),
    ];
    expect(await sortByHeaderTime([late, early, middle])).toEqual([early, middle, late]);
  });

  test('stay as given where one of them tells no time or cannot be read twice', async () => {
    const [late, early, bare] = [write('late', at(9)), write('early', at(1)), write('bare', '')];
    expect(await sortByHeaderTime([late, bare, early])).toEqual([late, bare, early]);
    expect(await sortByHeaderTime([late, '-', early])).toEqual([late, '-', early]);
  });
});
