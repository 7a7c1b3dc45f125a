import { type HeaderRecord, recordTimeNs } from '../../domain/events/record.ts';
import { decodeLine } from '../../trace/format/decode.ts';
import { TraceError } from '../../trace/format/errors.ts';
import { gunzipIfNeeded, readChunks } from '../../trace/read/input.ts';
import { wallOffsetOf } from '../../trace/read/wall-clock.ts';

/** Number of bytes at the end of a recording in which its last record is looked for. */
const tailBytes = 1 << 16;

/** A recording and its first header. */
export type HeadedFile = { path: string; header: HeaderRecord };

/** The time that the recordings of one boot cover, as wall times in ns. */
type BootSpan = { boot: string; fromNs: bigint; untilNs: bigint };

/**
 * Finds boots of the same host that were recorded at the same time, so that they are several guests. Returns a number for
 * each boot that is not of the first of them. Reads files only if a host has several boots.
 * @throws the file system's error
 */
export const parallelBoots = async (
  files: readonly HeadedFile[],
  keyOf: (header: HeaderRecord) => string,
): Promise<Map<string, number>> => {
  const guestOf = new Map<string, number>();
  for (const key of new Set(files.map(({ header }) => keyOf(header)))) {
    const ofHost = files.filter(({ header }) => keyOf(header) === key);
    if (new Set(ofHost.map(({ header }) => header.boot_id)).size < 2) continue;
    /** Times until which each guest of this name was recorded. */
    const ends: bigint[] = [];
    for (const { boot, fromNs, untilNs } of await bootSpans(ofHost)) {
      const free = ends.findIndex((endNs) => endNs <= fromNs);
      const guest = free < 0 ? ends.length : free;
      ends[guest] = untilNs;
      if (guest > 0) guestOf.set(boot, guest);
    }
  }
  return guestOf;
};

/** Returns the times of the boots, oldest first. */
const bootSpans = async (files: readonly HeadedFile[]): Promise<BootSpan[]> => {
  const byBoot = new Map<string, BootSpan>();
  for (const { path, header } of files) {
    const offsetNs = wallOffsetOf(header.clock) ?? 0n;
    const fromNs = header.clock.monotonic_ns + offsetNs;
    const untilNs = ((await lastTimeOf(path)) ?? header.clock.monotonic_ns) + offsetNs;
    const span = byBoot.get(header.boot_id) ?? { boot: header.boot_id, fromNs, untilNs };
    if (fromNs < span.fromNs) span.fromNs = fromNs;
    if (untilNs > span.untilNs) span.untilNs = untilNs;
    byBoot.set(header.boot_id, span);
  }
  return [...byBoot.values()].toSorted((a, b) => Number(a.fromNs - b.fromNs));
};

/** Returns the time of the last record of a recording, CLOCK_MONOTONIC ns; undefined if its end has none. */
const lastTimeOf = async (path: string): Promise<bigint | undefined> => {
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of gunzipIfNeeded(readChunks(path)))
      tail = Buffer.concat([tail, chunk]).subarray(-tailBytes);
  } catch (error) {
    // What precedes damaged data counts.
    if (!(error instanceof TraceError)) throw error;
  }
  const times = tail.toString('utf8').split('\n').map(timeOfLine);
  return times.findLast((time) => time !== undefined);
};

const timeOfLine = (line: string): bigint | undefined => {
  try {
    const { record } = decodeLine(line);
    return record && recordTimeNs(record);
  } catch {
    return undefined;
  }
};
