import type { MessagePort } from 'node:worker_threads';
import type { Batch } from '../../domain/events/event.ts';
import type { SourceInfo, SourceStatus } from '../../domain/source/event-source.ts';
import type { ClockOffsets } from '../../domain/source/wall-clock.ts';
import type { RecordErrorDetails } from './errors.ts';
import type { RotationRules } from './rotation-rules.ts';
import type { PathChange } from './trace-file.ts';

/** The options of a recorder, as plain values, because they are posted to a thread. */
export type RecordOptions = {
  path: string;
  info: SourceInfo;
  /** Name and version of the writing program, for example `churntop 0.1.0`. */
  tool: string;
  /** The filter as typed; only matching records are written. */
  filter?: string | undefined;
  /** User names by UID, for the filter. */
  users?: ReadonlyMap<number, string> | undefined;
  /** Whether to append to an existing trace. */
  append?: boolean | undefined;
  /** Maximum time until written records are flushed to disk, ns. Undefined leaves flushing to the kernel. */
  fsyncNs?: bigint | undefined;
  rotation?: RotationRules | undefined;
};

/** The input of a recorder: a port for messages, and a shared counter of the batches that the recorder has received. */
export type RecordFeed = { port: MessagePort; acked: Int32Array };

/** The messages of the sampler thread to a recorder. */
export type FeedMessage =
  | { type: 'batch'; batch: Batch }
  | { type: 'status'; status: SourceStatus }
  | { type: 'clock'; offsets: ClockOffsets }
  | { type: 'failed' }
  | { type: 'detached' };

/** The state of a recorder. */
export type RecorderState =
  /** All received records are written. */
  | 'recording'
  /** Writing fails. Records are queued; beyond a limit they are dropped. */
  | 'waiting'
  /** The recording has ended, with a `trace.end` if it could be written. */
  | 'stopped'
  /** The recorder thread failed. */
  | 'failed';

export type RecorderStatus = {
  state: RecorderState;
  path: string;
  /** Bytes written to all files. */
  bytes: number;
  /** Records written to all files. */
  records: number;
  /** Write rate over the last second or more. */
  bytesPerSecond: number;
  /** Size of the current file. */
  fileBytes: number;
  /** Number of rotated files. */
  rotatedFiles: number;
  /** Records in the queue, and live processes whose spawn record was dropped. */
  queued: number;
  /** Records dropped because the queue was full. */
  dropped: number;
  /** The current error as an errno name, or its message without one. */
  error: string | undefined;
  /** The last external change of the file, after which a new file was started. */
  pathChange: Exclude<PathChange, 'none'> | undefined;
  /** Bytes of a torn last line that were cut off before appending. */
  repairedBytes: number;
};

/** The messages of the recorder thread. */
export type RecorderMessage =
  | { type: 'refused'; details: RecordErrorDetails }
  | { type: 'status'; status: RecorderStatus };
