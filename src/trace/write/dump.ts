import { closeSync, constants, lstatSync, openSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ChurnRecord } from '../../domain/events/event.ts';
import { recordStartNs, recordTimeNs } from '../../domain/events/record.ts';
import { formatCompactUtc } from '../../util/time.ts';
import { type ComposerOptions, TraceComposer } from '../format/composer.ts';

/** The kernel's own limit (__NEW_UTS_LEN); a trace may claim any other. */
const maxHostLength = 64;

/** Files of one second; a directory that has them all is no place for one more. */
const maxNames = 100;

/**
 * `churntop-<host>-<UTC time>.ndjson`, and for the second one of a second `…-2.ndjson`, and so on. A host name is not
 * ours, so nothing in it can leave the directory.
 */
export const dumpFileNames = (host: string, realtimeNs: bigint): readonly string[] => {
  const safe =
    basename(host)
      .slice(0, maxHostLength)
      .replaceAll(/[^\w.-]/g, '_') || 'host';
  const name = `churntop-${safe}-${formatCompactUtc(realtimeNs)}`;
  return Array.from({ length: maxNames }, (_, index) => `${name}${index > 0 ? `-${index + 1}` : ''}.ndjson`);
};

export type DumpOptions = ComposerOptions & {
  directory: string;
  records: Iterable<ChurnRecord>;
  /** Records that fell off before the oldest one held. */
  dropped: number;
  nowNs: bigint;
};

/** Written in pieces of about this many characters. */
const chunkLength = 1 << 16;

const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Write the records held as one complete trace: header, the gap of what fell off, records, end. The file is new (what
 * exists is never written to, and a link refused) and its owner's alone; one that could not be finished is removed.
 * @throws the file system's error, with its code
 */
export const writeDump = (options: DumpOptions): { path: string; events: number } => {
  const { directory, records, dropped, nowNs, info } = options;
  const composer = new TraceComposer(options);
  const realtimeNs = nowNs + (options.wallOffsetNs?.() ?? info.wallOffsetNs);
  const { fd, path } = createFirstFree(
    dumpFileNames(info.host, realtimeNs).map((name) => join(directory, name)),
  );
  try {
    let events = 0;
    let chunk = '';
    for (const record of records) {
      // A reader's timeline begins with the header.
      if (events === 0) chunk = composer.begin(recordTimeNs(record));
      if (events === 0 && dropped > 0) chunk += composer.line(gapBefore(record, dropped));
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
    // By force: should it be gone already, what failed before is what counts.
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

/** By a file; anything else that stands there is somebody's doing and not gone around. */
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

/** A short write is completed. */
const writeAll = (fd: number, text: string): void => {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
};
