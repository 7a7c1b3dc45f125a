import { addAbortListener } from 'node:events';
import type { Msg } from '@nats-io/transport-node';
import type { Connection } from '../server/connection.ts';
import { NatsError } from '../server/errors.ts';
import {
  type ConsumerConfig,
  createConsumer,
  type Delivery,
  deleteConsumer,
  getStream,
  parseDelivery,
  requestMessages,
} from '../server/jetstream.ts';
import { nowStream } from '../server/subjects.ts';

export type StoredOptions = { connection: Connection; signal: AbortSignal; maxMessages?: number };

type Received = { message: Msg; delivery: Delivery };

const pullMessages = 100;
/** A guest whose events are later than those of others is not read for a while. */
const idleNs = 3_600_000_000_000;
const pullExpiresNs = 5_000_000_000;
/** Time without an answer after which reading fails, ms. */
const timeoutMs = 15_000;

/**
 * Yields the messages that are in a stream now, a bounded number ahead; none if there are more than `maxMessages`.
 * @throws NatsError, RequestError, JetStreamError
 */
export const readStored = async function* (
  stream: string,
  config: ConsumerConfig,
  { connection, signal, maxMessages = Number.POSITIVE_INFINITY }: StoredOptions,
): AsyncGenerator<Received> {
  if (stream === nowStream && !(await getStream(connection, stream))) return;
  const { name, num_pending } = await createConsumer(connection, stream, config, idleNs);
  const queue: Msg[] = [];
  let wake = () => {};
  const { inbox, end } = connection.subscribe((message) => {
    queue.push(message);
    wake();
  });
  const abortListener = addAbortListener(signal, () => wake());
  try {
    let pending = num_pending > maxMessages ? 0 : num_pending;
    let requested = 0;
    while (pending > 0 && !signal.aborted) {
      if (requested === 0) {
        requested = pullMessages;
        requestMessages(
          connection,
          { stream, consumer: name, inbox },
          { batch: pullMessages, max_bytes: connection.maxPayload + 65_536, expires: pullExpiresNs },
        );
      }
      if (queue.length === 0)
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(() => reject(new NatsError(`${connection.label}: no answer`)), timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      const message = queue.shift();
      const delivery = parseDelivery(message?.reply);
      if (!message || !delivery) {
        // The request has ended without all of its messages.
        requested = 0;
        continue;
      }
      requested--;
      pending = delivery.pending;
      yield { message, delivery };
    }
  } finally {
    abortListener[Symbol.dispose]();
    end();
    if (connection.isConnected) await deleteConsumer(connection, stream, name).catch(() => {});
  }
};
