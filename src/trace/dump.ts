import { closeSync, constants, lstatSync, openSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ChurnRecord } from '../domain/event.ts';
import { beganNs } from '../domain/record.ts';
import { compactUtc } from '../domain/wall-time.ts';
import { type ComposerOptions, TraceComposer } from './composer.ts';

/** The kernel's own limit (__NEW_UTS_LEN); a trace may claim any other. */
const maxHost = 64;

/** `churntop-<host>-<UTC time>.ndjson`, the second one of a second `…-2.ndjson`; a host name is not ours, so nothing in it can leave the directory. */
export const dumpName = (host: string, realtimeNs: bigint, nth = 1): string =>
  `churntop-${
    basename(host)
      .slice(0, maxHost)
      .replaceAll(/[^\w.-]/g, '_') || 'host'
  }-${compactUtc(realtimeNs)}${nth > 1 ? `-${nth}` : ''}.ndjson`;

export type DumpOptions = ComposerOptions & {
  directory: string;
  records: Iterable<ChurnRecord>;
  /** Records that fell off before the oldest one held. */
  dropped: number;
  nowNs: bigint;
};

/** Written in pieces of about this many characters. */
const pieceLength = 1 << 16;

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
  const { fd, path } = openNew((nth) => join(directory, dumpName(info.host, realtimeNs, nth)));
  try {
    let events = 0;
    let piece = composer.begin(nowNs);
    for (const record of records) {
      if (events === 0 && dropped > 0) piece += composer.line(droppedBefore(record, dropped));
      piece += composer.line(record);
      events++;
      if (piece.length >= pieceLength) {
        writeAll(fd, piece);
        piece = '';
      }
    }
    writeAll(fd, piece + composer.end(nowNs));
    return { path, events };
  } catch (error) {
    // By force: should it be gone already, what failed before is what counts.
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
};

/** Dumps of one second; a directory that has them all is no place for one more. */
const mostNames = 100;

const openNew = (nameOf: (nth: number) => string): { fd: number; path: string } => {
  for (let nth = 1; ; nth++) {
    const path = nameOf(nth);
    try {
      return { fd: openSync(path, flags, 0o600), path };
    } catch (error) {
      if (!isTaken(error, path) || nth === mostNames) throw error;
    }
  }
};

/** By a file; anything else that stands there is somebody's doing and not gone around. */
const isTaken = (error: unknown, path: string): boolean =>
  (error as NodeJS.ErrnoException).code === 'EEXIST' &&
  (lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false);

const droppedBefore = (first: ChurnRecord, events: number): ChurnRecord => ({
  probe_source: 'trace.gap',
  reason: 'dropped',
  events,
  from_monotonic_ns: 0n,
  to_monotonic_ns: beganNs(first),
});

/** A short write is completed. */
const writeAll = (fd: number, text: string): void => {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
};
