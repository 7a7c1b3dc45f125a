import type { MessagePort } from 'node:worker_threads';
import { isProbeEvent, type NoteRecord } from '../../domain/events/event.ts';
import { ActiveAlerts } from '../../domain/processes/active-alerts.ts';
import { LiveRecords } from '../../domain/processes/live-records.ts';
import type { SourceStatus } from '../../domain/source/event-source.ts';
import type { SamplerMessage } from '../core/protocol.ts';
import { type Outbox, openOutbox } from './outbox.ts';

/** A second listener on a thread of its own: where to post, and a shared word in which it counts batches taken. */
export type Subscriber = { port: MessagePort; acked: Int32Array };

/** What the main thread posts to the sampling thread. */
export type ControlMessage =
  /** Who listens from now on, or that nobody does. */
  | { type: 'tee'; feed: Subscriber | undefined }
  /** To all who listen, in its place among what is seen. */
  | { type: 'note'; note: NoteRecord };

export type TeeOptions = {
  /** The way to the main thread. */
  first: Outbox;
  /** The newest order, if there is one. Asked at each look. */
  takeControl: () => ControlMessage | undefined;
  nowNs: () => bigint;
};

/**
 * An outbox to two receivers, each with its own pace and its own losses: a main thread that stands still never stops
 * a recording. The second may come at any time, and begins with who is alive and what is raised.
 */
export const openTee = ({ first, takeControl, nowNs }: TeeOptions) => {
  const alive = new LiveRecords();
  const raised = new ActiveAlerts();
  let feed: Subscriber | undefined;
  let second: Outbox | undefined;
  let latestStatus: SourceStatus | undefined;

  const post = (message: SamplerMessage) => feed?.port.postMessage(message);

  /** Whoever stops listening gets all that was seen until then, and the word that nothing follows. */
  const detach = (nowMs: number) => {
    second?.close(nowMs);
    post({ type: 'detached' });
    second = undefined;
    feed = undefined;
  };

  const attach = (next: Subscriber | undefined, nowMs: number) => {
    detach(nowMs);
    feed = next;
    second =
      next &&
      openOutbox({
        post: (batch) => post({ type: 'batch', batch }),
        ackedBatches: ackedBatchesOf(next),
        nowNs,
      });
    if (latestStatus) post({ type: 'status', status: latestStatus });
    if (alive.size > 0) for (const record of alive.snapshotRecords(nowNs())) second?.put(record);
    for (const alert of raised.snapshotRecords(nowNs())) second?.put(alert);
  };

  const handleControl = (order: ControlMessage, nowMs: number) => {
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
      const order = takeControl();
      if (order) handleControl(order, nowMs);
      const held = first.held();
      first.flush(nowMs);
      // Posting takes time from looking: one post a look is enough.
      if (first.held() >= held) second?.flush(nowMs);
    },
    close(nowMs) {
      // What was said right before the end is part of it.
      for (let order = takeControl(); order; order = takeControl()) handleControl(order, nowMs);
      first.close(nowMs);
      detach(nowMs);
    },
  };
  return {
    outbox,
    status(status: SourceStatus): void {
      latestStatus = status;
      post({ type: 'status', status });
    },
  };
};

const ackedBatchesOf =
  ({ acked }: Subscriber) =>
  () =>
    Atomics.load(acked, 0);
