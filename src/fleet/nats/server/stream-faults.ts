import { printable } from '../../../util/printable.ts';
import type { Connection } from './connection.ts';
import { RequestError } from './connection-faults.ts';
import { getAccount, isJetStreamMissing, JetStreamError } from './jetstream.ts';

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
    if (await hasNoJetStream(connection)) return `${label}: JetStream is not enabled for this account`;
    return `${label}: no stream takes ${subject} (churntop check nats://${label} shows how to add it)`;
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

/** Describes why a stream cannot be read, in one sentence. */
export const describeReadFault = (error: unknown, label: string): string => {
  if (error instanceof JetStreamError)
    return error.status === 503
      ? `${label}: JetStream is not enabled for this account`
      : `${label}: ${printable(error.message)}`;
  if (!(error instanceof RequestError)) throw error;
  if (error.kind === 'permission') return `${label}: no permission: ${printable(error.message)}`;
  if (error.kind === 'timeout') return `${label}: the server does not answer`;
  if (error.kind === 'no-responders')
    return /does not exist/.test(error.message)
      ? `${label}: ${printable(error.message)}`
      : `${label}: JetStream is not enabled for this account`;
  return `${label}: ${printable(error.message)}`;
};
