import type { TraceBatch } from './batches.ts';
import { unpacked } from './chunks.ts';
import { TraceError } from './errors.ts';
import { type ReaderOptions, TraceReader } from './reader.ts';

/** One input of a trace: the name that its remarks bear, and its bytes, gzip or not. */
export type TraceInput = { file: string; chunks: AsyncIterable<Uint8Array> };

/**
 * Traces one after the other, rotated parts as the one recording that they are. One batch a chunk of bytes, not one a
 * record. @throws whatever reading the bytes throws
 */
export const readTraces = async function* (
  inputs: Iterable<TraceInput>,
  reader: TraceReader,
): AsyncGenerator<TraceBatch> {
  for (const { file, chunks } of inputs) {
    reader.open(file);
    try {
      for await (const chunk of unpacked(chunks)) yield* reader.push(chunk);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      reader.giveUp(`${error.message}; the rest of the file is not read`);
    }
    yield* reader.close();
  }
  reader.finish();
};

export const readTrace = (
  chunks: AsyncIterable<Uint8Array>,
  { file = '-', ...options }: ReaderOptions & { file?: string } = {},
): AsyncGenerator<TraceBatch> => readTraces([{ file, chunks }], new TraceReader(options));
