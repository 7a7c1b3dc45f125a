import { isHeaderAt } from '../format/header-line.ts';

const newline = 0x0a;
// A quote inside a text is escaped, so that these bytes are a key.
const seqKey = Buffer.from('"seq":');

/** The recorder of a line, from the last header before it. */
export type LineOwner = { recorder: string; host: string };

/** A line of a trace: its bytes with the newline, and what its queue needs to know. */
export type TraceLine = {
  start: number;
  end: number;
  /** Undefined for a line that no recorder numbers, or that is damaged. */
  seq: number | undefined;
  /** Present in a header. */
  owner: LineOwner | undefined;
};

const readSeq = (bytes: Buffer, start: number, end: number): number | undefined => {
  const key = bytes.indexOf(seqKey, start);
  if (key < 0 || key >= end) return undefined;
  let seq = 0;
  let at = key + seqKey.length;
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) break;
    seq = seq * 10 + digit;
  }
  return at === key + seqKey.length || !Number.isSafeInteger(seq) ? undefined : seq;
};

/** Returns the owner that a header names. Undefined if the header is damaged. */
const readOwner = (line: string): LineOwner | undefined => {
  try {
    const { recorder = '', host } = JSON.parse(line);
    return typeof recorder === 'string' && typeof host === 'string' ? { recorder, host } : undefined;
  } catch {
    return undefined;
  }
};

/** Parses the line at `start`. Undefined without a complete one. */
export const readLine = (bytes: Buffer, start: number): TraceLine | undefined => {
  const end = bytes.indexOf(newline, start) + 1;
  if (end === 0) return undefined;
  const owner = isHeaderAt(bytes, start) ? readOwner(bytes.toString('utf8', start, end - 1)) : undefined;
  return { start, end, seq: readSeq(bytes, start, end), owner };
};

/** A record of a recorder. */
export type TailPosition = { recorder: string; seq: number };

/** Returns the record of the first line, if it is a header. */
export const firstRecordOf = (lines: Buffer): TailPosition | undefined => {
  const { owner, seq } = readLine(lines, 0) ?? {};
  return owner && seq !== undefined ? { recorder: owner.recorder, seq } : undefined;
};
