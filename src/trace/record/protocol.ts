import type { MessagePort } from 'node:worker_threads';
import type { Batch } from '../../domain/events/event.ts';
import type { SourceInfo, SourceStatus } from '../../domain/source/event-source.ts';
import type { RecordErrorDetails } from './errors.ts';
import type { RotationRules } from './rotation.ts';
import type { PathChange } from './trace-file.ts';

/** What a recorder is started with: plain values, they cross a thread boundary. */
export type RecordOptions = {
  path: string;
  info: SourceInfo;
  /** `churntop 0.1.0`. */
  tool: string;
  /** Only records that pass; as typed. */
  filter?: string | undefined;
  /** Names of users, for the filter. */
  users?: ReadonlyMap<number, string> | undefined;
  /** Go on behind an existing trace. */
  append?: boolean | undefined;
  /** A power loss takes at most what was written in this time, ns; undefined: as the kernel pleases. */
  fsyncNs?: bigint | undefined;
  rotation?: RotationRules | undefined;
};

/** Where the records come from: a port, and a word shared with its other end in which batches taken are counted. */
export type RecordFeed = { port: MessagePort; acked: Int32Array };

/** What arrives on it: the messages of a sampling thread. */
export type FeedMessage =
  | { type: 'batch'; batch: Batch }
  | { type: 'status'; status: SourceStatus }
  | { type: 'failed' }
  | { type: 'detached' };

export type RecorderState =
  /** All that came is written. */
  | 'recording'
  /** The file takes nothing; records wait, and are dropped when they are too many. */
  | 'waiting'
  /** `trace.end` is written, or could not be. */
  | 'ended'
  /** The recorder itself broke. */
  | 'failed';

export type RecorderStatus = {
  state: RecorderState;
  path: string;
  /** Bytes and records written, in all files. */
  bytes: number;
  records: number;
  /** Over the last second or so. */
  bytesPerSecond: number;
  /** Bytes of the present file. */
  fileBytes: number;
  /** Files put aside so far. */
  rotatedFiles: number;
  /** Records that wait, and that were dropped. */
  queued: number;
  dropped: number;
  /** What goes wrong just now: an errno name, or a message where there is none. */
  error: string | undefined;
  /** What last befell the file from outside; it was begun anew. */
  pathChange: Exclude<PathChange, 'same'> | undefined;
  /** Bytes of a torn last line cut off on appending. */
  repairedBytes: number;
};

/** What the recorder thread posts. */
export type RecorderMessage =
  | { type: 'refused'; facts: RecordErrorDetails }
  | { type: 'status'; status: RecorderStatus };
