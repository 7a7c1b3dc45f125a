import { stat } from 'node:fs/promises';
import type { HeaderRecord } from '../../domain/events/record.ts';
import { TraceError } from '../format/errors.ts';
import type { TraceBatch } from './batches.ts';
import { gunzipIfNeeded, readChunks } from './input.ts';
import { type ReaderOptions, TraceReader } from './reader.ts';

/** An input: its name in diagnostics, and its bytes, compressed or not. */
export type TraceInput = { file: string; chunks: AsyncIterable<Uint8Array> };

/**
 * Reads traces one after the other. Rotated files continue one recording. Yields the batches of each chunk of bytes.
 * @throws the error of reading the bytes
 */
export const readTraces = async function* (
  inputs: Iterable<TraceInput>,
  reader: TraceReader,
): AsyncGenerator<TraceBatch> {
  for (const { file, chunks } of inputs) {
    reader.open(file);
    try {
      for await (const chunk of gunzipIfNeeded(chunks)) yield* reader.push(chunk);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      reader.abandonFile(`${error.message}; the rest of the file is not read`);
    }
    yield* reader.close();
  }
  reader.finish();
};

/** Reads one trace. @throws the error of reading the bytes */
export const readTrace = (
  chunks: AsyncIterable<Uint8Array>,
  { file = '-', ...options }: ReaderOptions & { file?: string } = {},
): AsyncGenerator<TraceBatch> => readTraces([{ file, chunks }], new TraceReader(options));

/** Returns the header that a file begins with; undefined if it has none. @throws the file system's error */
export const readHeader = async (path: string): Promise<HeaderRecord | undefined> => {
  const batches = readTrace(readChunks(path));
  try {
    const { value } = await batches.next();
    return value?.header;
  } finally {
    await batches.return(undefined);
  }
};

const areRegularFiles = async (paths: readonly string[]): Promise<boolean> => {
  const stats = await Promise.all(paths.map((path) => stat(path)));
  return stats.every((each) => each.isFile());
};

/** Returns a key of the recorder of a file: its ID and its guest. Some recorders have no ID. */
const recorderKey = ({ recorder, host, boot_id, pid_ns }: HeaderRecord): string =>
  JSON.stringify([recorder, host, boot_id, pid_ns]);

/**
 * Sorts rotated files by the times in their headers. The files of one recorder stay together, so that those of two guests
 * do not interleave. Keeps the given order if a file has no header or can be read only once (a pipe).
 * @throws the file system's error
 */
export const sortByHeaderTime = async (paths: readonly string[]): Promise<readonly string[]> => {
  if (paths.length < 2 || paths.includes('-') || !(await areRegularFiles(paths))) return paths;
  const parts: { path: string; at: string; recorder: string }[] = [];
  for (const path of paths) {
    const header = await readHeader(path);
    if (header === undefined) return paths;
    parts.push({ path, at: header.clock.realtime, recorder: recorderKey(header) });
  }
  const sorted = parts.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  // A Map iterates in the order in which its keys were added: recorders by their first file.
  const byRecorder = new Map(sorted.map(({ recorder }) => [recorder, [] as string[]]));
  for (const { recorder, path } of sorted) byRecorder.get(recorder)?.push(path);
  return [...byRecorder.values()].flat();
};
