import type { MessagePort } from 'node:worker_threads';
import type { EnrichableEvent, EnrichedFields } from '../../domain/events/event.ts';
import type { ProcessId } from '../../domain/events/process-id.ts';
import type { ProcessDetails } from '../../domain/source/event-source.ts';

/** The keys to read for records. */
export type EnrichedKeys = { args: boolean; cgroup: boolean };

/** The facts about a record that are needed to read its fields. */
export type RecordRequest = {
  id: number;
  pid: number;
  startTicks: number | undefined;
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

/** The options of a reader thread. It gets its requests from `port`, or else from the thread that started it. */
export type ReaderOptions = { root: string; keys: EnrichedKeys; port: MessagePort | undefined };

/** Maximum number of reader threads. Each read that never returns occupies one. */
export const maxReaders = 4;

export const toRequest = (id: number, event: EnrichableEvent): RecordRequest => ({
  id,
  pid: event.guest_pid,
  startTicks: event.start_ticks,
  comm: event.guest_comm,
  kthread: 'kthread' in event,
});
