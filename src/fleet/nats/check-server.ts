import type { Connection } from './server/connection.ts';
import { RequestError } from './server/connection-faults.ts';
import {
  createConsumer,
  createStream,
  deleteConsumer,
  getAccount,
  getLastMessage,
  getStream,
  isJetStreamMissing,
  JetStreamError,
  jetStreamCodes,
  probeSubject,
  type StreamInfo,
} from './server/jetstream.ts';
import {
  eventStream,
  nowStream,
  parseSubject,
  type StreamConfig,
  streamConfigs,
  subjectOf,
} from './server/subjects.ts';

/** Whether something is allowed; undefined if it cannot be known, with the reason. */
export type Allowed = { allowed: boolean | undefined; reason?: string };

export type ServerCheck = {
  label: string;
  server: { name: string; version: string; tls: boolean; maxPayload: number };
  /** Undefined if this user may not ask. */
  account: { streams: number; storage: number; maxStorage: number } | undefined;
  jetstream: boolean | undefined;
  streams: { name: string; info: StreamInfo | undefined; guests: number; access: Allowed }[];
  /** What a guest of this host name needs. */
  publish: Allowed;
  resume: Allowed;
  /** What a viewer needs. */
  read: Allowed;
};

const attempt = async (request: () => Promise<unknown>): Promise<Allowed> => {
  try {
    await request();
    return { allowed: true };
  } catch (error) {
    if (!(error instanceof RequestError) && !(error instanceof JetStreamError)) throw error;
    const isDenied = error instanceof RequestError && error.kind === 'permission';
    const isMissing = error instanceof RequestError && error.kind === 'no-responders';
    return {
      allowed: isDenied ? false : undefined,
      reason: isMissing ? 'no stream takes it' : error.message,
    };
  }
};

const checkStream = async (connection: Connection, name: string) => {
  let info: StreamInfo | undefined;
  const access = await attempt(async () => {
    info = await getStream(connection, name, 'churn.*.*.*');
  });
  const guests = new Set(Object.keys(info?.state.subjects ?? {}).map((each) => parseSubject(each)?.guest));
  return { name, info, guests: guests.size, access };
};

/** Returns whether the account has JetStream, and its use. */
const checkAccount = async (connection: Connection) => {
  try {
    const { streams, storage, limits } = await getAccount(connection);
    return { jetstream: true, account: { streams, storage, maxStorage: limits.max_storage } };
  } catch (error) {
    return { jetstream: isJetStreamMissing(error) ? false : undefined, account: undefined };
  }
};

/** Checks a server and what this user may do there, for a guest named `host`. Stores nothing. */
export const checkServer = async (connection: Connection, host: string): Promise<ServerCheck> => {
  const subject = subjectOf(host, 'check', 'events');
  const streams = [await checkStream(connection, eventStream), await checkStream(connection, nowStream)];
  const isMissing = streams[0]?.info === undefined && streams[0]?.access.allowed === true;
  return {
    label: connection.label,
    server: connection.serverInfo,
    ...(await checkAccount(connection)),
    streams,
    publish: await attempt(() => probeSubject(connection, subject)),
    // Without the stream there would be no answer.
    resume: isMissing
      ? { allowed: undefined, reason: `no stream ${eventStream}` }
      : await attempt(() => getLastMessage(connection, subject)),
    read: await attempt(async () => {
      const { name } = await createConsumer(connection, eventStream, { deliver_policy: 'all' });
      await deleteConsumer(connection, eventStream, name);
    }),
  };
};

const minStreamBytes = 2 ** 24;

/** Creates a stream. If its size exceeds what the account has, half of it is tried, down to 16 MiB. */
const createWithin = async (
  connection: Connection,
  config: StreamConfig,
  maxBytes: number,
): Promise<void> => {
  try {
    await createStream(connection, { ...config, max_bytes: maxBytes });
  } catch (error) {
    const isFull = error instanceof JetStreamError && error.code === jetStreamCodes.noSpace;
    if (!isFull || maxBytes < 2 * minStreamBytes) throw error;
    await createWithin(connection, config, maxBytes / 2);
  }
};

/** Creates the streams that are missing. @throws JetStreamError, RequestError */
export const createMissingStreams = async (connection: Connection, check: ServerCheck): Promise<void> => {
  for (const config of streamConfigs) {
    const isMissing = check.streams.some(({ name, info }) => name === config.name && !info);
    if (isMissing) await createWithin(connection, config, config.max_bytes);
  }
};
