import type { MessagePort } from 'node:worker_threads';
import type { EnrichableEvent, EnrichedFields } from '../../domain/events/event.ts';
import type { ProcessId } from '../../domain/events/process-id.ts';
import type { EnrichedKeys } from '../../domain/events/recorded-fields.ts';
import type { ProcessDetails } from '../../domain/source/event-source.ts';

/** The facts about a record that are needed to read its fields. */
export type RecordRequest = {
  id: number;
  pid: number;
  startTicks: number | undefined;
  /** Whether the start ticks were computed from the time of an event. Records of kernel events have no window. */
  computedStart: boolean;
  comm: string;
  kthread: boolean;
};
export type RecordAnswer = { id: number; fields: EnrichedFields | undefined };

export type DetailsRequest = { id: number; process: ProcessId };
export type DetailsAnswer = { id: number; details: ProcessDetails | undefined };

/** The requests to a reader thread. Each read is answered as soon as it returns. */
export type ReaderRequest =
  | { type: 'records'; requests: readonly RecordRequest[] }
  | { type: 'details'; request: DetailsRequest };

/** The options of a reader thread. It gets its requests from the thread that started it, and from `port`. */
export type ReaderOptions = {
  root: string;
  keys: EnrichedKeys;
  /** Characters kept of an argument list. */
  maxArgsLength: number;
  port: MessagePort | undefined;
};

/** Characters kept of an argument list in a trace, because thousands of records are retained. */
export const maxRecordedArgsLength = 1024;
/** The same on screen, where 10,000 records with arguments then need at most 5 MB. */
export const maxScreenArgsLength = 512;

/** Maximum number of reader threads. Each read that never returns occupies one. */
export const maxReaders = 4;

export const toRequest = (id: number, event: EnrichableEvent): RecordRequest => ({
  id,
  pid: event.guest_pid,
  startTicks: event.start_ticks,
  computedStart: event.window_ns === undefined && !('initial' in event),
  comm: event.guest_comm,
  kthread: 'kthread' in event,
});
