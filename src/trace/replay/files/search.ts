import type { ChurnRecord } from '../../../domain/events/event.ts';
import { isLogged } from '../../../domain/events/record.ts';
import { decode } from '../../format/decode.ts';
import { TraceError } from '../../format/errors.ts';
import type { FilePosition } from './cursor.ts';
import type { ReplayFile } from './replay-file.ts';

/** A search for events: bytes that every matching line contains, and the condition on the decoded event. */
export type SearchQuery = { needle: Buffer; matches: (event: ChurnRecord) => boolean };

const blockBytes = 1 << 20;
const newline = 0x0a;

const matchesLine = (line: Buffer, { matches }: SearchQuery): boolean => {
  try {
    const record = decode(line.toString('utf8'))?.record;
    return record !== undefined && isLogged(record) && matches(record);
  } catch (error) {
    if (error instanceof TraceError) return false;
    throw error;
  }
};

/** Returns the end of the first or last matching line, depending on the direction. */
const findInLines = (lines: Buffer, direction: 1 | -1, query: SearchQuery): number | undefined => {
  const { needle } = query;
  let at = direction > 0 ? lines.indexOf(needle) : lines.lastIndexOf(needle);
  while (at >= 0) {
    const start = at === 0 ? 0 : lines.lastIndexOf(newline, at - 1) + 1;
    const found = lines.indexOf(newline, at);
    const end = found < 0 ? lines.length : found + 1;
    if (matchesLine(lines.subarray(start, end), query)) return end;
    if (direction > 0 ? end >= lines.length : start === 0) return undefined;
    at = direction > 0 ? lines.indexOf(needle, end) : lines.lastIndexOf(needle, start - 1);
  }
  return undefined;
};

type Search = { query: SearchQuery; signal: AbortSignal };

const searchForward = async (
  file: ReplayFile,
  from: number,
  { query, signal }: Search,
): Promise<number | undefined> => {
  const buffer = Buffer.allocUnsafe(blockBytes);
  for (let at = from; at < file.size && !signal.aborted; ) {
    const bytes = await file.read(buffer.subarray(0, Math.min(blockBytes, file.size - at)), at);
    if (bytes === 0) return undefined;
    const block = buffer.subarray(0, bytes);
    const completeBytes = at + bytes >= file.size ? bytes : block.lastIndexOf(newline) + 1;
    const found = findInLines(block.subarray(0, completeBytes), 1, query);
    if (found !== undefined) return at + found;
    at += completeBytes === 0 ? bytes : completeBytes;
  }
  return undefined;
};

const searchBackward = async (
  file: ReplayFile,
  to: number,
  { query, signal }: Search,
): Promise<number | undefined> => {
  const buffer = Buffer.allocUnsafe(blockBytes);
  for (let end = to; end > 0 && !signal.aborted; ) {
    const start = Math.max(0, end - blockBytes);
    const bytes = await file.read(buffer.subarray(0, end - start), start);
    const block = buffer.subarray(0, bytes);
    // The text before the first newline belongs to a line that starts in the previous block.
    const skipped = start === 0 ? 0 : block.indexOf(newline) + 1;
    const found = findInLines(block.subarray(skipped), -1, query);
    if (found !== undefined) return start + skipped + found;
    end = skipped === bytes ? start : start + skipped;
  }
  return undefined;
};

export type FindEventOptions = Search & {
  files: readonly ReplayFile[];
  from: FilePosition;
  direction: 1 | -1;
};

/**
 * Returns the end of the first matching line after a position, or of the last one before it. Decodes only lines that
 * contain the needle, so that 1 GB takes about 1 s instead of 15 s.
 */
export const findEvent = async ({
  files,
  from,
  direction,
  ...search
}: FindEventOptions): Promise<FilePosition | undefined> => {
  for (let index = from.fileIndex; index >= 0 && index < files.length; index += direction) {
    const file = files[index] as ReplayFile;
    const begin = index === from.fileIndex ? from.offset : direction > 0 ? 0 : file.size;
    const offset = await (direction > 0 ? searchForward : searchBackward)(file, begin, search);
    if (offset !== undefined) return { fileIndex: index, offset };
    if (search.signal.aborted) return undefined;
  }
  return undefined;
};

/** Returns text that every JSON encoding of a name contains: the quoted name, or its longest part without escapes. */
const longestUnescapedPart = (comm: string): string => {
  const [longest = ''] = (comm.match(/[ !#-.0-[\]-~]+/g) ?? []).toSorted((a, b) => b.length - a.length);
  if (longest === comm) return `"${comm}"`;
  return longest || '"guest_comm"';
};

export const commQuery = (comm: string): SearchQuery => ({
  needle: Buffer.from(longestUnescapedPart(comm)),
  matches: (event) =>
    'guest_comm' in event &&
    (event.guest_comm === comm || ('previous_comm' in event && event.previous_comm === comm)),
});

export const pidQuery = (pid: number): SearchQuery => ({
  needle: Buffer.from(`"guest_pid":${pid},`),
  matches: (event) => 'guest_pid' in event && event.guest_pid === pid,
});
