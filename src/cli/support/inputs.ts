import type { Readable } from 'node:stream';
import { fileChunks } from '../../trace/read/input.ts';
import { inOrder, type TraceInput } from '../../trace/read/read-traces.ts';
import { Refusal, reasonOf, UsageError } from './errors.ts';

export type InputOptions = {
  stdin: Readable & { isTTY?: boolean };
  /** Resolves when an end was asked for: the inputs end there, wherever they are. */
  interrupted: Promise<void>;
};

/** The file system's error as one sentence with the file's name. */
const naming = (file: string, error: unknown): unknown =>
  typeof (error as NodeJS.ErrnoException).code === 'string'
    ? new Refusal(`${file}: ${reasonOf(error)}`)
    : error;

const chunksOf = async function* (
  file: string,
  { stdin, interrupted }: InputOptions,
): AsyncGenerator<Uint8Array> {
  const over = new AbortController();
  interrupted.then(() => {
    over.abort();
    // Whoever waits for its next word goes on.
    if (file === '-') stdin.destroy();
  });
  try {
    for await (const chunk of file === '-'
      ? (stdin as AsyncIterable<Uint8Array>)
      : fileChunks(file, over.signal)) {
      if (over.signal.aborted) return;
      yield chunk;
    }
  } catch (error) {
    if (over.signal.aborted) return;
    throw naming(file, error);
  }
};

/** The traces named on the command line, `-` for standard input, rotated parts in order. @throws Refusal, UsageError */
export const openInputs = async (files: readonly string[], options: InputOptions): Promise<TraceInput[]> => {
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('standard input given twice');
  if (files.includes('-') && options.stdin.isTTY) throw new Refusal('standard input is a terminal, no trace');
  const ordered = await inOrder(files).catch((error: NodeJS.ErrnoException) => {
    throw naming(error.path ?? files.join(' '), error);
  });
  return ordered.map((file) => ({ file, chunks: chunksOf(file, options) }));
};
