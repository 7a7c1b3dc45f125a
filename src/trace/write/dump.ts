import { closeSync, constants, lstatSync, openSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ChurnRecord } from '../../domain/events/event.ts';
import { recordStartNs, recordTimeNs } from '../../domain/events/record.ts';
import { wallOffsetAt, wallTimeNs } from '../../domain/source/wall-clock.ts';
import { formatCompactUtc } from '../../util/time.ts';
import { type ComposerOptions, TraceComposer } from '../format/composer.ts';

/** The kernel's limit (__NEW_UTS_LEN). The host name of a trace may be longer. */
const maxHostLength = 64;

/** Maximum number of dumps of the same second in a directory. */
const maxNames = 100;

/**
 * Returns the file names to try: `churntop-<host>-<UTC time>.ndjson`, then `…-2.ndjson` and so on. Characters of the host
 * name that could leave the directory are replaced.
 */
export const dumpFileNames = (host: string, realtimeNs: bigint): readonly string[] => {
  const safe =
    basename(host)
      .slice(0, maxHostLength)
      .replaceAll(/[^\w.-]/g, '_') || 'host';
  const name = `churntop-${safe}-${formatCompactUtc(realtimeNs)}`;
  return Array.from({ length: maxNames }, (_, index) => `${name}${index > 0 ? `-${index + 1}` : ''}.ndjson`);
};

export type DumpOptions = Omit<ComposerOptions, 'wallOffsetNs'> & {
  directory: string;
  records: Iterable<ChurnRecord>;
  /** Number of records that were dropped before the oldest retained one. */
  dropped: number;
  nowNs: bigint;
};

/** Approximate length of a write in UTF-16 units. */
const chunkLength = 1 << 16;

const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes retained records as a complete trace: header, a gap for dropped records, records, end. Creates a new file with
 * mode 0600. Never writes to an existing file and never follows a link. Removes the file if writing fails.
 * @throws the file system's error, with its code
 */
export const writeDump = (options: DumpOptions): { path: string; events: number } => {
  const { directory, records, dropped, nowNs, info } = options;
  let recordNs = nowNs;
  const composer = new TraceComposer({ ...options, wallOffsetNs: () => wallOffsetAt(info, recordNs) });
  const realtimeNs = wallTimeNs(info, nowNs);
  const { fd, path } = createFirstFree(
    dumpFileNames(info.host, realtimeNs).map((name) => join(directory, name)),
  );
  try {
    let events = 0;
    let chunk = '';
    for (const record of records) {
      recordNs = recordTimeNs(record);
      // The header has the time of the first record, because the timeline of a replay starts at the header.
      if (events === 0) chunk = composer.begin(recordNs);
      if (events === 0 && dropped > 0) chunk += composer.line(gapBefore(record, dropped));
      const clock = composer.clockIfChanged(recordNs);
      if (clock) chunk += composer.line(clock);
      chunk += composer.line(record);
      events++;
      if (chunk.length >= chunkLength) {
        writeAll(fd, chunk);
        chunk = '';
      }
    }
    if (events === 0) chunk = composer.begin(nowNs);
    writeAll(fd, chunk + composer.end(nowNs));
    return { path, events };
  } catch (error) {
    // A missing file must not hide the first error.
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
};

const createFirstFree = (paths: readonly string[]): { fd: number; path: string } => {
  let lastError: unknown;
  for (const path of paths) {
    try {
      return { fd: openSync(path, flags, 0o600), path };
    } catch (error) {
      if (!isExistingFile(error, path)) throw error;
      lastError = error;
    }
  }
  throw lastError;
};

/** Returns whether the error is that a regular file exists at the path. Then the next name is tried. */
const isExistingFile = (error: unknown, path: string): boolean =>
  (error as NodeJS.ErrnoException).code === 'EEXIST' &&
  (lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false);

const gapBefore = (first: ChurnRecord, events: number): ChurnRecord => ({
  probe_source: 'trace.gap',
  reason: 'dropped',
  events,
  from_monotonic_ns: 0n,
  to_monotonic_ns: recordStartNs(first),
});

/** Writes the whole text. Continues short writes. */
const writeAll = (fd: number, text: string): void => {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
};
