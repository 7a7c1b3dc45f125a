import type { FleetLink } from '../../../src/domain/fleet/fleet-link.ts';

const newline = 0x0a;
// A quote inside a text is escaped, so that these bytes are a key.
const seqKey = '"seq":';

const numberAt = (lines: Buffer, key: number): number =>
  Number.parseInt(lines.toString('latin1', key + seqKey.length, key + seqKey.length + 16), 10);

/** Returns the numbers of the first and last record; undefined for counters and lists of live processes. */
const rangeOf = (lines: Buffer): { from: number; to: number } | undefined => {
  const last = lines.lastIndexOf(seqKey);
  return last < 0 ? undefined : { from: numberAt(lines, lines.indexOf(seqKey)), to: numberAt(lines, last) };
};

const countLines = (lines: Buffer): number => {
  let count = 0;
  for (let at = lines.indexOf(newline); at >= 0; at = lines.indexOf(newline, at + 1)) count++;
  return count;
};

/** What a link has delivered: messages, numbered records, and faults in the numbers. */
export type Checked = { messages: number; records: number; lost: number; twice: number };

/** Counts what a link delivers. A batch is whole lines, so that its numbers and its lines must agree. */
export const checkLink = (link: FleetLink): { link: FleetLink; checked: Checked } => {
  const checked: Checked = { messages: 0, records: 0, lost: 0, twice: 0 };
  const nextOf = new Map<string, number>();
  const check = (id: string, lines: Buffer): void => {
    checked.messages++;
    const range = rangeOf(lines);
    if (!range) return;
    const count = countLines(lines);
    const next = nextOf.get(id) ?? 0;
    checked.records += count;
    checked.lost += Math.max(0, range.from - next) + Math.max(0, range.to - range.from + 1 - count);
    checked.twice += Math.max(0, next - range.from) + Math.max(0, count - (range.to - range.from + 1));
    nextOf.set(id, range.to + 1);
  };
  const start: FleetLink['start'] = (listener) =>
    link.start({
      ...listener,
      onBytes: (id, chunk) => {
        check(id, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
        listener.onBytes(id, chunk);
      },
    });
  return { link: { start, stop: () => link.stop() }, checked };
};
