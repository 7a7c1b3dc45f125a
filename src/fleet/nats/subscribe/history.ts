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
  startingAt,
} from '../server/jetstream.ts';
import { describeMissingStream, toReadError } from '../server/stream-faults.ts';
import { eventStream, nowStream, parseSubject, subjectOf } from '../server/subjects.ts';
import { guestMatcher } from './guest-names.ts';
import { GuestTracks } from './guest-tracks.ts';
import { readMessage } from './message-data.ts';
import { parallelLanes, type RecorderSpan } from './parallel-lanes.ts';

export type HistoryOptions = {
  connection: Connection;
  guests?: readonly string[] | undefined;
  /** Wall time of the first events, ns; all that the stream retains without it. */
  sinceNs?: bigint | undefined;
  signal: AbortSignal;
};

/** The events of one guest that the stream retains now. `isNamesake`: whether an earlier guest has its host name. */
export type GuestHistory = { guest: string; isNamesake: boolean; chunks: AsyncIterable<Uint8Array> };

/** The recorders of one guest; undefined if they are all that have its name. */
type Guest = { id: string; name: string; recorders: ReadonlySet<string> | undefined };

type Received = { message: Msg; delivery: Delivery };

const pullMessages = 100;
/** A guest whose events are later than those of others is not read for a while. */
const idleNs = 3_600_000_000_000;
const pullExpiresNs = 5_000_000_000;
/** Time without an answer after which reading fails, ms. */
const timeoutMs = 15_000;

/** Returns the guests with events, by name. @throws NatsError */
export const openHistory = async (options: HistoryOptions): Promise<GuestHistory[]> => {
  const { connection } = options;
  try {
    const stream = await getStream(connection, eventStream, 'churn.*.*.events');
    if (!stream) throw new NatsError(describeMissingStream(eventStream, connection.label));
    const isWanted = guestMatcher(options.guests);
    const recordersByName = new Map<string, string[]>();
    for (const subject of Object.keys(stream.state.subjects ?? {})) {
      const { guest, recorder } = parseSubject(subject) ?? {};
      if (guest === undefined || recorder === undefined || !isWanted(guest)) continue;
      const recorders = recordersByName.get(guest);
      if (recorders) recorders.push(recorder);
      else recordersByName.set(guest, [recorder]);
    }
    const guests: Guest[] = [];
    for (const [name, recorders] of [...recordersByName].sort(([a], [b]) => (a < b ? -1 : 1)))
      guests.push(...(await separateGuests(name, recorders, options)));
    return guests.map((guest) => ({
      guest: guest.id,
      isNamesake: guest.id !== guest.name,
      chunks: readGuest(guest, options),
    }));
  } catch (error) {
    throw toReadError(error, connection.label);
  }
};

/** Returns the guests of one name: several if recorders were active at the same time. */
const separateGuests = async (
  name: string,
  recorders: readonly string[],
  options: HistoryOptions,
): Promise<Guest[]> => {
  if (recorders.length === 1) return [{ id: name, name, recorders: undefined }];
  const lanes = parallelLanes(await recorderSpans(name, recorders, options));
  if (lanes.length <= 1) return [{ id: name, name, recorders: undefined }];
  return lanes.map((lane, index) => ({
    id: index === 0 ? name : `${name}:${lane[0]}`,
    name,
    recorders: new Set(lane),
  }));
};

/** Returns when the retained messages of recorders were stored. */
const recorderSpans = async (
  name: string,
  recorders: readonly string[],
  options: HistoryOptions,
): Promise<RecorderSpan[]> => {
  const start = startOf(options);
  const firstNs = async (recorder: string): Promise<bigint | undefined> => {
    const filter_subject = subjectOf(name, recorder, 'events');
    const messages = readStream(eventStream, { ...start, filter_subject, headers_only: true }, options);
    for await (const { delivery } of messages) return delivery.timeNs;
    return undefined;
  };
  const lastNs = new Map<string, bigint>();
  const last = {
    deliver_policy: 'last_per_subject',
    filter_subject: `churn.${name}.*.events`,
    headers_only: true,
  } as const;
  for await (const { message, delivery } of readStream(eventStream, last, options))
    lastNs.set(parseSubject(message.subject)?.recorder ?? '', delivery.timeNs);
  const spans: RecorderSpan[] = [];
  for (const recorder of recorders) {
    const fromNs = await firstNs(recorder);
    if (fromNs !== undefined) spans.push({ recorder, fromNs, untilNs: lastNs.get(recorder) ?? fromNs });
  }
  return spans;
};

const startOf = ({ sinceNs }: HistoryOptions): ConsumerConfig =>
  sinceNs === undefined ? { deliver_policy: 'all' } : startingAt(sinceNs);

/** Yields the lines of one guest, each recorder from a header on. @throws NatsError */
const readGuest = async function* (
  { name, recorders }: Guest,
  options: HistoryOptions,
): AsyncGenerator<Uint8Array> {
  const { connection } = options;
  let chunks: Uint8Array[] = [];
  const tracks = new GuestTracks(
    { onGuest: () => {}, onBytes: (_, bytes) => chunks.push(bytes), onEnd: () => {} },
    true,
  );
  try {
    // The headers of recorders whose first files are not retained.
    const headers = { deliver_policy: 'last_per_subject', filter_subject: `churn.${name}.*.pulse` } as const;
    for (const [stream, config] of [
      [nowStream, headers],
      [eventStream, { ...startOf(options), filter_subject: `churn.${name}.*.events` }],
    ] as const) {
      for await (const { message, delivery } of readStream(stream, config, options)) {
        const read = readMessage(message, delivery);
        if (read && recorders?.has(read.recorder) !== false) tracks.receive(read);
        yield* chunks;
        chunks = [];
      }
    }
  } catch (error) {
    if (options.signal.aborted) return;
    throw toReadError(error, connection.label);
  }
};

/** Yields the messages that are in a stream now, a bounded number ahead. */
const readStream = async function* (
  stream: string,
  config: ConsumerConfig,
  { connection, signal }: HistoryOptions,
): AsyncGenerator<Received> {
  if (stream === nowStream && !(await getStream(connection, stream))) return;
  const { name, num_pending } = await createConsumer(connection, stream, config, idleNs);
  const queue: Msg[] = [];
  let wake = () => {};
  const { inbox, end } = connection.subscribe((message) => {
    queue.push(message);
    wake();
  });
  try {
    let pending = num_pending;
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
    end();
    if (connection.isConnected) await deleteConsumer(connection, stream, name).catch(() => {});
  }
};
