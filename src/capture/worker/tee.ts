import type { MessagePort } from 'node:worker_threads';
import { isProbeEvent, type NoteRecord } from '../../domain/events/event.ts';
import { Raised } from '../../domain/processes/active-alerts.ts';
import { Alive } from '../../domain/processes/live-records.ts';
import type { SourceStatus } from '../../domain/source/event-source.ts';
import type { SamplerMessage } from '../core/protocol.ts';
import { type Outbox, openOutbox } from './outbox.ts';

/** A second listener on a thread of its own: where to post, and a shared word in which it counts batches taken. */
export type Feed = { port: MessagePort; taken: Int32Array };

/** What the main thread posts to the sampling thread. */
export type TeeOrder =
  /** Who listens from now on, or that nobody does. */
  | { type: 'tee'; feed: Feed | undefined }
  /** To all who listen, in its place among what is seen. */
  | { type: 'note'; note: NoteRecord };

export type TeeOptions = {
  /** The way to the main thread. */
  first: Outbox;
  /** The newest order, if there is one. Asked at each look. */
  takeOrder: () => TeeOrder | undefined;
  now: () => bigint;
};

/**
 * An outbox to two receivers, each with its own pace and its own losses: a main thread that stands still never stops
 * a recording. The second may come at any time, and begins with who is alive and what is raised.
 */
export const openTee = ({ first, takeOrder, now }: TeeOptions) => {
  const alive = new Alive();
  const raised = new Raised();
  let feed: Feed | undefined;
  let second: Outbox | undefined;
  let latest: SourceStatus | undefined;

  const post = (message: SamplerMessage) => feed?.port.postMessage(message);

  /** Whoever stops listening gets all that was seen until then, and the word that nothing follows. */
  const detach = (nowMs: number) => {
    second?.close(nowMs);
    post({ type: 'detached' });
    second = undefined;
    feed = undefined;
  };

  const attach = (next: Feed | undefined, nowMs: number) => {
    detach(nowMs);
    feed = next;
    second =
      next &&
      openOutbox({ post: (batch) => post({ type: 'batch', batch }), acknowledged: takenBy(next), now });
    if (latest) post({ type: 'status', status: latest });
    if (alive.size > 0) for (const record of alive.discovery(now())) second?.put(record);
    for (const alert of raised.retold(now())) second?.put(alert);
  };

  const obey = (order: TeeOrder, nowMs: number) => {
    if (order.type === 'tee') attach(order.feed, nowMs);
    else outbox.put(order.note);
  };

  const outbox: Outbox = {
    dropped() {
      return first.dropped();
    },
    held() {
      return first.held() + (second?.held() ?? 0);
    },
    put(record) {
      first.put(record);
      second?.put(record);
      if (isProbeEvent(record)) alive.apply(record);
      else if (record.probe_source === 'trace.alert') raised.apply(record);
    },
    flush(nowMs) {
      const order = takeOrder();
      if (order) obey(order, nowMs);
      const held = first.held();
      first.flush(nowMs);
      // Posting takes time from looking: one post a look is enough.
      if (first.held() >= held) second?.flush(nowMs);
    },
    close(nowMs) {
      // What was said right before the end is part of it.
      for (let order = takeOrder(); order; order = takeOrder()) obey(order, nowMs);
      first.close(nowMs);
      detach(nowMs);
    },
  };
  return {
    outbox,
    status(status: SourceStatus): void {
      latest = status;
      post({ type: 'status', status });
    },
  };
};

const takenBy =
  ({ taken }: Feed) =>
  () =>
    Atomics.load(taken, 0);
