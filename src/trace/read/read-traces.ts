import { stat } from 'node:fs/promises';
import { TraceError } from '../format/errors.ts';
import type { TraceBatch } from './batches.ts';
import { gunzipIfNeeded, readChunks } from './input.ts';
import { type ReaderOptions, TraceReader } from './reader.ts';

/** An input: its name in diagnostics, and its bytes, compressed or not. */
export type TraceInput = { file: string; chunks: AsyncIterable<Uint8Array> };

/**
 * Reads traces one after the other; rotated files continue one recording. Yields a batch per chunk of bytes.
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

export const readTrace = (
  chunks: AsyncIterable<Uint8Array>,
  { file = '-', ...options }: ReaderOptions & { file?: string } = {},
): AsyncGenerator<TraceBatch> => readTraces([{ file, chunks }], new TraceReader(options));

const readHeaderTime = async (path: string): Promise<string | undefined> => {
  const batches = readTrace(readChunks(path));
  try {
    const { value } = await batches.next();
    return value?.header?.clock.realtime;
  } finally {
    await batches.return(undefined);
  }
};

const areRegularFiles = async (paths: readonly string[]): Promise<boolean> => {
  const stats = await Promise.all(paths.map((path) => stat(path)));
  return stats.every((each) => each.isFile());
};

/**
 * Sorts rotated files by the times in their headers. Keeps the given order if a file has no header or can be read only
 * once (a pipe). @throws the file system's error
 */
export const sortByHeaderTime = async (paths: readonly string[]): Promise<readonly string[]> => {
  if (paths.length < 2 || paths.includes('-') || !(await areRegularFiles(paths))) return paths;
  const parts: { path: string; at: string }[] = [];
  for (const path of paths) {
    const headerTime = await readHeaderTime(path);
    if (headerTime === undefined) return paths;
    parts.push({ path, at: headerTime });
  }
  return parts.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))).map(({ path }) => path);
};
