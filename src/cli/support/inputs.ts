import type { Readable } from 'node:stream';
import { readChunks } from '../../trace/read/input.ts';
import { sortByHeaderTime, type TraceInput } from '../../trace/read/read-traces.ts';
import { CliError, describeError, UsageError } from './errors.ts';

export type InputOptions = {
  stdin: Readable & { isTTY?: boolean };
  /** Resolves when an end was asked for: the inputs end there, wherever they are. */
  interrupted: Promise<void>;
};

/** The file system's error as one sentence with the file's name. */
const withFileName = (file: string, error: unknown): unknown =>
  typeof (error as NodeJS.ErrnoException).code === 'string'
    ? new CliError(`${file}: ${describeError(error)}`)
    : error;

const readInput = async function* (
  file: string,
  { stdin, interrupted }: InputOptions,
): AsyncGenerator<Uint8Array> {
  const abort = new AbortController();
  interrupted.then(() => {
    abort.abort();
    // Whoever waits for its next word goes on.
    if (file === '-') stdin.destroy();
  });
  try {
    for await (const chunk of file === '-'
      ? (stdin as AsyncIterable<Uint8Array>)
      : readChunks(file, abort.signal)) {
      if (abort.signal.aborted) return;
      yield chunk;
    }
  } catch (error) {
    if (abort.signal.aborted) return;
    throw withFileName(file, error);
  }
};

/** The traces named on the command line, `-` for standard input, rotated parts in order. @throws Refusal, UsageError */
export const openInputs = async (files: readonly string[], options: InputOptions): Promise<TraceInput[]> => {
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('standard input given twice');
  if (files.includes('-') && options.stdin.isTTY)
    throw new CliError('standard input is a terminal, no trace');
  const ordered = await sortByHeaderTime(files).catch((error: NodeJS.ErrnoException) => {
    throw withFileName(error.path ?? files.join(' '), error);
  });
  return ordered.map((file) => ({ file, chunks: readInput(file, options) }));
};
