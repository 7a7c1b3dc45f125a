import { constants, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TraceError } from '../../../src/trace/format/errors.ts';
import { gunzipIfNeeded } from '../../../src/trace/read/input.ts';
import { readTraces } from '../../../src/trace/read/read-traces.ts';
import { TraceReader } from '../../../src/trace/read/reader.ts';
import { syntheticEvents, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';

const inPieces = async function* (bytes: Buffer, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes)
    yield Buffer.from(bytes.subarray(at, at + pieceBytes));
};

/** Returns the decompressed data, and the error with which it ended. */
const decompress = async (bytes: Buffer, pieceBytes: number, maxRetainedBytes?: number) => {
  const output: Uint8Array[] = [];
  let error = '';
  try {
    for await (const chunk of gunzipIfNeeded(inPieces(bytes, pieceBytes), maxRetainedBytes))
      output.push(Buffer.from(chunk));
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(TraceError);
    error = (thrown as Error).message;
  }
  return { text: Buffer.concat(output).toString(), error };
};

const lines = [...syntheticTrace(syntheticEvents(120))];
const text = lines.join('');
const trailerBytes = 8;
const pieceSizes = fc.constantFrom(61, 4096, 1 << 18);

/** Returns the member as stored blocks, whose output is known for each byte of input. */
const stored = (part: string) => gzipSync(part, { level: 0 });

test('[fault:gzip-stray] no line is lost to stray bytes after a gzip member', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: lines.length }),
      pieceSizes,
      async (stray, count, pieceBytes) => {
        const part = lines.slice(0, count).join('');
        const file = Buffer.concat([gzipSync(part), stray]);
        const { text, error } = await decompress(file, pieceBytes);
        expect(text).toBe(part);
        // Zeros are padding.
        if (stray.every((byte) => byte === 0)) expect(error).toBe('');
        else expect(error).toMatch(/^(damaged|incomplete) gzip data$/);
      },
    ),
    { numRuns: 100 },
  );
});

test('[fault:gzip-stray] members after zeros are read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(20_000), fc.nat(lines.length), pieceSizes, async (zeros, count, pieceBytes) => {
      const members = [lines.slice(0, count), lines.slice(count)].map((part) => gzipSync(part.join('')));
      const file = Buffer.concat(members.flatMap((member) => [member, Buffer.alloc(zeros)]));
      expect(await decompress(file, pieceBytes)).toEqual({ text, error: '' });
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['zstd data', '28b52ffd24'],
  ['xz data', 'fd377a585a0000'],
  ['bzip2 data', '425a6839314159'],
  ['lz4 data', '04224d186440'],
  ['a zip archive', '504b03041400'],
  ['zlib data', '789c4bcb2f'],
  ['UTF-16 text', 'fffe7b002200'],
])('[fault:gzip-damage] %s is reported', async (name, bytes) => {
  for (const pieceBytes of [1, 4096]) {
    const { text, error } = await decompress(
      Buffer.concat([Buffer.from(bytes, 'hex'), Buffer.alloc(99)]),
      pieceBytes,
    );
    expect({ text, error }).toEqual({ text: '', error: `${name} (expected UTF-8 text, plain or with gzip)` });
  }
});

test('[fault:gzip-damage] all data before a damaged byte is read, wherever it is', async () => {
  const part = lines.slice(0, 60).join('');
  const first = lines.slice(0, 20).join('');
  const members = Buffer.concat([gzipSync(first), gzipSync(part.slice(first.length))]);
  const files = [gzipSync(part), stored(part), members, gzipSync(part, { strategy: constants.Z_FIXED })];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.integer({ min: 1, max: 255 }),
      pieceSizes,
      async (file, place, mask, pieceBytes) => {
        const at = Math.max(2, Math.floor(place * file.length));
        const damagedFile = Buffer.from(file);
        damagedFile[at] = (damagedFile[at] as number) ^ mask;
        const truncated = await decompress(file.subarray(0, at), pieceBytes);
        const result = await decompress(damagedFile, pieceBytes);
        // Everything that the bytes before the damage decide is read; it is what a truncated file yields.
        expect(result.text.startsWith(truncated.text)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('[fault:gzip-truncated] a truncated gzip file yields its complete lines', async () => {
  const file = gzipSync(text);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: file.length }), pieceSizes, async (length, pieceBytes) => {
      const { text: read, error } = await decompress(file.subarray(0, length), pieceBytes);
      expect(text.startsWith(read)).toBe(true);
      expect(error).toBe(length < file.length && /\n$|^$/.test(read) ? 'incomplete gzip data' : '');
      if (length >= file.length - trailerBytes) expect(read).toBe(text);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['x', 'incomplete gzip data'],
  ['\n\n', 'damaged gzip data'],
])('[fault:gzip-stray] %j after a member is reported, and the trace is read', async (stray, message) => {
  const file = Buffer.concat([gzipSync(text), Buffer.from(stray)]);
  const messages: string[] = [];
  const reader = new TraceReader({ onSkipped: ({ message }) => messages.push(message) });
  let records = 0;
  for await (const batch of readTraces([{ file: 't.gz', chunks: inPieces(file, 1 << 18) }], reader))
    records += batch.records.length;
  expect(records).toBe(lines.length);
  expect(messages).toEqual([`${message}; the rest of the file is not read`]);
});

test('damage after the retained data loses at most one piece', async () => {
  const file = Buffer.concat([stored(text.repeat(4)), Buffer.from('xx')]);
  const { text: read, error } = await decompress(file, 1 << 18, 1 << 15);
  expect(error).toBe('damaged gzip data');
  expect(text.repeat(4).startsWith(read)).toBe(true);
  expect(4 * text.length - read.length).toBeLessThan(1 << 14);
});
