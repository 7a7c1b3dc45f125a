import { addAbortListener } from 'node:events';
import type { Readable } from 'node:stream';
import { groupByGuest } from '../../fleet/files/guest-files.ts';
import { readChunks } from '../../trace/read/input.ts';
import { sortByHeaderTime, type TraceInput } from '../../trace/read/read-traces.ts';
import { CliError, describeError, UsageError } from './errors.ts';

export type InputOptions = {
  stdin: Readable & { isTTY?: boolean };
  /** Aborts when the command should stop. The inputs end at their current position. */
  signal: AbortSignal;
  /** Opens the guests of a NATS server in place of files. */
  openUrl?: (() => Promise<GuestInputs[]>) | undefined;
};

/** Adds the file name to an error of the file system. */
const withFileName = (file: string, error: unknown): unknown =>
  typeof (error as NodeJS.ErrnoException).code === 'string'
    ? new CliError(`${file}: ${describeError(error)}`)
    : error;

const readInput = async function* (
  file: string,
  { stdin, signal }: InputOptions,
): AsyncGenerator<Uint8Array> {
  // Ends a pending read.
  const abortListener = file === '-' ? addAbortListener(signal, () => stdin.destroy()) : undefined;
  try {
    for await (const chunk of file === '-'
      ? (stdin as AsyncIterable<Uint8Array>)
      : readChunks(file, signal)) {
      if (signal.aborted) return;
      yield chunk;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw withFileName(file, error);
  } finally {
    abortListener?.[Symbol.dispose]();
  }
};

/** Opens traces, `-` for standard input. Rotated files are sorted by the time in their headers. @throws CliError, UsageError */
const openInputs = async (files: readonly string[], options: InputOptions): Promise<TraceInput[]> => {
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('-: given more than once');
  if (files.includes('-') && options.stdin.isTTY)
    throw new CliError('-: standard input is a terminal (expected a trace)');
  const ordered = await sortByHeaderTime(files).catch((error: NodeJS.ErrnoException) => {
    throw withFileName(error.path ?? files.join(' '), error);
  });
  return ordered.map((file) => ({ file, chunks: readInput(file, options) }));
};

/** The traces of one guest. `name` replaces the host in their headers: that of `NAME=FILE`, for example. */
export type GuestInputs = { id: string; name?: string | undefined; inputs: TraceInput[] };

/**
 * Opens traces by guest: of a NATS server, `NAME=FILE`, or files of the host in their headers. Returns one guest for a
 * single trace, and for standard input. @throws CliError, UsageError
 */
export const guestInputs = async (
  files: readonly string[],
  options: InputOptions,
): Promise<GuestInputs[]> => {
  if (options.openUrl) return options.openUrl();
  const isSingle = files.includes('-') || (files.length === 1 && !files[0]?.includes('='));
  if (isSingle) return [{ id: '', inputs: await openInputs(files, options) }];
  const guests = await groupByGuest(files).catch((error: NodeJS.ErrnoException) => {
    throw withFileName(error.path ?? files.join(' '), error);
  });
  return Promise.all(
    guests.map(async ({ id, isNamed, paths }) => ({
      id,
      name: isNamed ? id : undefined,
      inputs: await openInputs(paths, options),
    })),
  );
};
