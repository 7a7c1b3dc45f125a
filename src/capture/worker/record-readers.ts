import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { EnrichedFields } from '../../domain/events/event.ts';
import { maxReaders, type RecordAnswer, type RecordRequest } from '../reader/protocol.ts';

/** Reads the fields of records without blocking the caller. */
export type FieldReader = {
  /** Starts the reads, in this order. */
  request(requests: readonly RecordRequest[], nowMs: number): void;
  /** Returns the answers since the last call. `unread`: the read took too long, or no reader is free. */
  answers(nowMs: number): { id: number; fields: EnrichedFields | 'unread' | undefined }[];
};

/** A reader that has not answered for this long counts as blocked, ms. A read takes 20 µs. */
const blockedAfterMs = 200;
/** The first answer may take this long, ms, because the thread has to start. */
const startTimeoutMs = 2000;

type Reader = {
  port: MessagePort;
  /** Requests without an answer, oldest first. */
  pending: Map<number, RecordRequest>;
  /** Time of the last answer, or of the first request after it. */
  progressMs: number;
  started: boolean;
  /** The process whose read blocks the thread. */
  blockedBy: RecordRequest | undefined;
};

/**
 * Sends requests to reader threads, and polls for their answers, because the sampling thread never returns to its event
 * loop. When a thread is blocked, the next one takes over its requests.
 */
export class RecordReaders implements FieldReader {
  readonly #onBlocked: () => void;
  readonly #readers: Reader[] = [];
  #answers: ReturnType<FieldReader['answers']> = [];
  /** Requests for the next reader, which is being started, and the time since which the oldest waits. */
  #backlog: RecordRequest[] = [];
  #backlogMs = 0;

  /** `onBlocked` is called for each thread that is blocked, so that another one is started. */
  constructor(onBlocked: () => void) {
    this.#onBlocked = onBlocked;
  }

  add(port: MessagePort): void {
    this.#readers.push({
      port,
      pending: new Map(),
      progressMs: 0,
      started: false,
      blockedBy: undefined,
    });
  }

  request(requests: readonly RecordRequest[], nowMs: number): void {
    if (this.#backlog.length === 0) this.#backlogMs = nowMs;
    for (const request of requests) this.#backlog.push(request);
    this.#send(nowMs);
  }

  answers(nowMs: number): ReturnType<FieldReader['answers']> {
    for (const reader of this.#readers) if (reader.pending.size > 0) this.#poll(reader, nowMs);
    if (this.#backlog.length > 0) this.#send(nowMs);
    const answers = this.#answers;
    this.#answers = [];
    return answers;
  }

  /** Sends the backlog to a free reader. Without one, it waits for the next reader, up to a limit. */
  #send(nowMs: number): void {
    const reader = this.#readers.find(({ blockedBy }) => !blockedBy);
    const canStart = this.#readers.length < maxReaders && nowMs - this.#backlogMs < startTimeoutMs;
    if (!reader && canStart) return;
    const requests = this.#backlog;
    this.#backlog = [];
    const sent = reader ? requests.filter((request) => !this.#isBlocking(request)) : [];
    const ids = new Set(sent.map(({ id }) => id));
    for (const { id } of requests) if (!ids.has(id)) this.#answers.push({ id, fields: 'unread' });
    if (!reader || sent.length === 0) return;
    if (reader.pending.size === 0) reader.progressMs = nowMs;
    for (const request of sent) reader.pending.set(request.id, request);
    reader.port.postMessage({ type: 'records', requests: sent });
  }

  /** Returns whether the process blocks a reader, so that reading it again would block another one. */
  #isBlocking({ pid, startTicks }: RecordRequest): boolean {
    return this.#readers.some(
      ({ blockedBy }) => blockedBy?.pid === pid && blockedBy.startTicks === startTicks,
    );
  }

  #poll(reader: Reader, nowMs: number): void {
    const { port, pending } = reader;
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      const { id, fields } = next.message as RecordAnswer;
      pending.delete(id);
      reader.progressMs = nowMs;
      reader.started = true;
      // The other requests of a blocked reader were passed to the next one.
      if (!reader.blockedBy) this.#answers.push({ id, fields });
    }
    if (reader.blockedBy) {
      if (pending.size === 0) reader.blockedBy = undefined;
      return;
    }
    const limitMs = reader.started ? blockedAfterMs : startTimeoutMs;
    const [first, ...others] = pending.values();
    if (!first || nowMs - reader.progressMs < limitMs) return;
    reader.blockedBy = first;
    this.#answers.push({ id: first.id, fields: 'unread' });
    if (this.#backlog.length === 0) this.#backlogMs = nowMs;
    this.#backlog = [...others, ...this.#backlog];
    this.#onBlocked();
  }
}
