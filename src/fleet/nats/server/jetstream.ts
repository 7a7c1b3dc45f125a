import type { Msg } from '@nats-io/transport-node';
import { formatRfc3339 } from '../../../util/time.ts';
import type { Connection } from './connection.ts';
import { RequestError } from './connection-faults.ts';
import { parseJsonObject } from './json-object.ts';
import { eventStream, messageHeaders } from './subjects.ts';

// The requests of JetStream that are needed, as in its published protocol (API version 1).

/** An error that JetStream answers. */
export class JetStreamError extends Error {
  override readonly name = 'JetStreamError';
  /** HTTP-like status. */
  readonly status: number;
  /** Number of the error in the server's list of errors. */
  readonly code: number;

  constructor({ code = 0, err_code = 0, description = '' }: ApiError) {
    super(description);
    this.status = code;
    this.code = err_code;
  }
}

type ApiError = { code?: number; err_code?: number; description?: string };

/** The numbers of JetStream's errors that are handled. */
export const jetStreamCodes = {
  streamNotFound: 10_059,
  consumerNotFound: 10_014,
  wrongLastSequence: 10_071,
  tooLarge: 10_054,
  noSpace: 10_047,
  otherStream: 10_060,
} as const;

/** Parses an answer. @throws JetStreamError, and RequestError if it is not one of JetStream */
const parseAnswer = <T>(message: Msg): T => {
  const answer = parseJsonObject<T & { error?: ApiError }>(message.string());
  if (!answer) throw new RequestError('other', 'the answer is not one of JetStream');
  if (answer.error) throw new JetStreamError(answer.error);
  return answer;
};

const call = async <T>(connection: Connection, subject: string, body?: object): Promise<T> =>
  parseAnswer<T>(await connection.request(`$JS.API.${subject}`, body ? JSON.stringify(body) : ''));

export type StreamInfo = {
  config: {
    name: string;
    subjects: readonly string[];
    allow_direct?: boolean;
    max_age: number;
    max_bytes: number;
  };
  /** RFC 3339; another value shows that the stream was deleted and created again. */
  created: string;
  state: {
    messages: number;
    bytes: number;
    first_seq: number;
    first_ts: string;
    last_seq: number;
    last_ts: string;
    subjects?: Readonly<Record<string, number>>;
  };
};

/** Returns a stream, with the message counts of the subjects that match `subjects`. Undefined if it does not exist. */
export const getStream = async (
  connection: Connection,
  name: string,
  subjects?: string,
): Promise<StreamInfo | undefined> => {
  try {
    return await call(
      connection,
      `STREAM.INFO.${name}`,
      subjects ? { subjects_filter: subjects } : undefined,
    );
  } catch (error) {
    if (error instanceof JetStreamError && error.code === jetStreamCodes.streamNotFound) return undefined;
    throw error;
  }
};

export const createStream = (
  connection: Connection,
  config: { readonly name: string; readonly [key: string]: unknown },
): Promise<StreamInfo> => call(connection, `STREAM.CREATE.${config.name}`, config);

/** Returns the limits and the use of the account. @throws RequestError `no-responders` without JetStream */
export const getAccount = (
  connection: Connection,
): Promise<{ streams: number; storage: number; limits: { max_storage: number } }> => call(connection, 'INFO');

/** Returns whether an error shows that the account has no JetStream. */
export const isJetStreamMissing = (error: unknown): boolean =>
  (error instanceof RequestError && error.kind === 'no-responders') ||
  (error instanceof JetStreamError && error.status === 503);

/** The last message of a subject: its number in the stream, and the last record in it. */
export type LastMessage = { sequence: number; to: number };

/** Returns the last message of a recorder. Undefined if there is none. @throws RequestError, JetStreamError */
export const getLastMessage = async (
  connection: Connection,
  subject: string,
): Promise<LastMessage | undefined> => {
  const { headers } = await connection
    .request(`$JS.API.DIRECT.GET.${eventStream}.${subject}`, '', { timeoutMs: 3000 })
    .catch((error: RequestError) => {
      throw error.kind === 'timeout' || error.kind === 'no-responders'
        ? new RequestError(
            'no-direct',
            `the stream ${eventStream} does not exist, or does not answer direct requests (--allow-direct)`,
          )
        : error;
    });
  if (!headers || headers.code === 404) return undefined;
  if (headers.code >= 400) throw new JetStreamError({ code: headers.code, description: headers.description });
  const to = headers.get(messageHeaders.to);
  return { sequence: Number(headers.get('Nats-Sequence')), to: /^\d+$/.test(to) ? Number(to) : -1 };
};

/** The acknowledgement of a published message. */
export type PublishAcknowledgement = { seq: number; duplicate?: boolean };

/** A message to publish: its data, its headers and how long to wait for the acknowledgement. */
type PublishedMessage = { data: Uint8Array; headers: Readonly<Record<string, string>>; timeoutMs: number };

/** Publishes a message to a stream. @throws RequestError, JetStreamError */
export const publishMessage = async (
  connection: Connection,
  subject: string,
  { data, headers, timeoutMs }: PublishedMessage,
): Promise<PublishAcknowledgement> =>
  parseAnswer(await connection.request(subject, data, { headers, timeoutMs }));

/**
 * Checks that a stream takes a subject and that this user may publish to it. Stores nothing, because the message requires a
 * stream that does not exist. @throws RequestError, JetStreamError
 */
export const probeSubject = async (connection: Connection, subject: string): Promise<void> => {
  try {
    const headers = { 'Nats-Expected-Stream': 'none' };
    await publishMessage(connection, subject, { data: Buffer.alloc(0), headers, timeoutMs: 3000 });
  } catch (error) {
    if (!(error instanceof JetStreamError) || error.code !== jetStreamCodes.otherStream) throw error;
  }
};

export type ConsumerConfig = {
  deliver_policy: 'all' | 'by_start_time' | 'by_start_sequence' | 'last_per_subject';
  opt_start_time?: string;
  opt_start_seq?: number;
  filter_subject?: string;
  /** Whether messages are delivered without their data. */
  headers_only?: boolean;
};

/** Returns the start of a consumer at the first message that was stored at `ns` since the epoch, or later. */
export const startingAt = (ns: bigint): ConsumerConfig => ({
  deliver_policy: 'by_start_time',
  opt_start_time: formatRfc3339(ns),
});

export type ConsumerInfo = { name: string; num_pending: number };

/** Default time after which the server deletes a consumer without requests, ns. */
const consumerTimeoutNs = 60_000_000_000;

/** Creates a consumer that needs no acknowledgements. The server deletes it after `idleNs` without requests. */
export const createConsumer = (
  connection: Connection,
  stream: string,
  config: ConsumerConfig,
  idleNs = consumerTimeoutNs,
): Promise<ConsumerInfo> =>
  call(connection, `CONSUMER.CREATE.${stream}`, {
    stream_name: stream,
    config: {
      ...config,
      ack_policy: 'none',
      replay_policy: 'instant',
      mem_storage: true,
      inactive_threshold: idleNs,
      num_replicas: 1,
    },
  });

/** Bounds of a request for messages: their number and bytes, how long the server keeps it, and its heartbeats, ns. */
export type PullRequest = { batch: number; max_bytes: number; expires: number; idle_heartbeat?: number };

/** Requests messages of a consumer. They arrive at `inbox`. */
export const requestMessages = (
  connection: Connection,
  { stream, consumer, inbox }: { stream: string; consumer: string; inbox: string },
  request: PullRequest,
): void =>
  connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(request), inbox);

export const deleteConsumer = (connection: Connection, stream: string, name: string): Promise<unknown> =>
  call(connection, `CONSUMER.DELETE.${stream}.${name}`);

/** Where a delivered message is in its stream. */
export type Delivery = {
  sequence: number;
  /** When the server stored it, ns since the epoch. */
  timeNs: bigint;
  /** Number of messages after it. */
  pending: number;
};

/**
 * Parses the reply subject of a delivered message, `$JS.ACK.stream.consumer.…`, also with a domain. Undefined for another
 * subject: who may publish to the inbox of this program chooses it.
 */
export const parseDelivery = (reply = ''): Delivery | undefined => {
  const tokens = reply.split('.');
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || tokens.length < 9) return undefined;
  // With a domain and an account, two tokens follow the first two.
  const numbers = tokens.slice(tokens.length >= 11 ? 6 : 4).slice(0, 5);
  if (!numbers.every((token) => /^\d{1,19}$/.test(token))) return undefined;
  const [, sequence, , timeNs, pending] = numbers as [string, string, string, string, string];
  return { sequence: Number(sequence), timeNs: BigInt(timeNs), pending: Number(pending) };
};
