import { printable } from '../../../util/printable.ts';
import type { Connection } from './connection.ts';
import { RequestError, type RequestFailure } from './connection-faults.ts';
import { NatsError } from './errors.ts';
import { getAccount, isJetStreamMissing, JetStreamError } from './jetstream.ts';

const noJetStream = 'JetStream is not enabled for this account';

const howToAdd = (label: string): string => `churntop check nats://${label} shows how to add it`;

/** Describes that a stream is missing, in one sentence. */
export const describeMissingStream = (stream: string, label: string): string =>
  `${label}: no stream ${stream} (${howToAdd(label)})`;

/** Returns whether a fault ends only when the setup of the server or of the client is changed. */
export const isSetupFault = (error: unknown): boolean =>
  error instanceof JetStreamError ||
  (error instanceof RequestError && ['no-responders', 'permission', 'no-direct'].includes(error.kind));

/** Describes the error of a request for a stream that takes `subject`, in one sentence. */
export const describeStreamFault = async (
  error: unknown,
  subject: string,
  connection: Connection,
): Promise<string> => {
  const { label } = connection;
  if (error instanceof JetStreamError) {
    const text = printable(error.message);
    return /maximum (bytes|messages)|storage|resource/i.test(text)
      ? `${label}: the stream is full: ${text}`
      : `${label}: the stream refuses ${subject}: ${text}`;
  }
  if (!(error instanceof RequestError)) throw error;
  if (error.kind === 'permission') return `${label}: no permission: ${printable(error.message)}`;
  if (error.kind === 'no-responders') {
    if (await hasNoJetStream(connection)) return `${label}: ${noJetStream}`;
    return `${label}: no stream takes ${subject} (${howToAdd(label)})`;
  }
  if (error.kind === 'timeout') return `${label}: the server does not acknowledge (its disk?)`;
  return `${label}: ${printable(error.message)}`;
};

/** Returns whether the account surely has no JetStream. Most guests may not ask. */
const hasNoJetStream = async (connection: Connection): Promise<boolean> => {
  try {
    await getAccount(connection);
    return false;
  } catch (error) {
    return isJetStreamMissing(error);
  }
};

/** Texts for requests that read. Others have the message of the error. */
const readTexts: Readonly<Partial<Record<RequestFailure, string>>> = {
  timeout: 'the server does not answer',
  'no-responders': noJetStream,
};

/** Describes why a stream cannot be read, in one sentence. @throws an error that is not of a request */
export const describeReadFault = (error: unknown, label: string): string => {
  if (error instanceof JetStreamError)
    return `${label}: ${isJetStreamMissing(error) ? noJetStream : printable(error.message)}`;
  if (!(error instanceof RequestError)) throw error;
  const prefix = error.kind === 'permission' ? 'no permission: ' : '';
  return `${label}: ${readTexts[error.kind] ?? prefix + printable(error.message)}`;
};

/** Returns the error of a command that reads a stream, in words. @throws an error that is not of a request */
export const toReadError = (error: unknown, label: string): NatsError =>
  error instanceof NatsError ? error : new NatsError(describeReadFault(error, label));
