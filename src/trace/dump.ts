import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ChurnRecord } from '../domain/event.ts';
import { compactUtc } from '../domain/wall-time.ts';
import { type ComposerOptions, TraceComposer } from './composer.ts';

/** The kernel's own limit (__NEW_UTS_LEN); a trace may claim any other. */
const maxHost = 64;

/** `churntop-<host>-<UTC time>.ndjson`; a host name is not ours, so nothing in it can leave the directory. */
export const dumpName = (host: string, realtimeNs: bigint): string =>
  `churntop-${
    basename(host)
      .slice(0, maxHost)
      .replaceAll(/[^\w.-]/g, '_') || 'host'
  }-${compactUtc(realtimeNs)}.ndjson`;

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
 * Write the records held as one complete trace: header, the gap of what fell off, records, end. The file is new (an
 * existing name, a link included, is refused) and its owner's alone; one that could not be finished is removed.
 * @throws the file system's error, with its code
 */
export const writeDump = (options: DumpOptions): { path: string; events: number } => {
  const { directory, records, dropped, nowNs, info } = options;
  const composer = new TraceComposer(options);
  const path = join(directory, dumpName(info.host, nowNs + (options.wallOffsetNs?.() ?? info.wallOffsetNs)));
  const fd = openSync(path, flags, 0o600);
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

const droppedBefore = (first: ChurnRecord, events: number): ChurnRecord => ({
  probe_source: 'trace.gap',
  reason: 'dropped',
  events,
  from_monotonic_ns: 0n,
  to_monotonic_ns: 'guest_monotonic_ns' in first ? first.guest_monotonic_ns : first.from_monotonic_ns,
});

/** A short write is completed. */
const writeAll = (fd: number, text: string): void => {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
};
