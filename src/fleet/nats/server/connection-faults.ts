import { errors } from '@nats-io/transport-node';
import { networkErrorTexts } from '../../../util/errno.ts';
import { printable } from '../../../util/printable.ts';

/** Why a request has no answer. */
export type RequestFailure =
  | 'disconnected'
  | 'closed'
  | 'timeout'
  /** Nothing listens to the subject: no stream, or no JetStream. */
  | 'no-responders'
  | 'permission'
  /** The stream does not answer requests for its messages, or has another name. */
  | 'no-direct'
  /** The stream does not exist. */
  | 'no-stream'
  | 'other';

export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly kind: RequestFailure;

  constructor(kind: RequestFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** Returns the errors that caused an error, itself first. */
const causesOf = (error: unknown): unknown[] => {
  const causes: unknown[] = [];
  for (let each = error; each !== undefined && causes.length < 8; each = (each as Error).cause)
    causes.push(each);
  return causes;
};

type ErrorClass = abstract new (...args: never[]) => Error;
const requestKinds: readonly [ErrorClass, RequestFailure][] = [
  [errors.TimeoutError, 'timeout'],
  [errors.NoRespondersError, 'no-responders'],
  [errors.PermissionViolationError, 'permission'],
  [errors.ClosedConnectionError, 'closed'],
];

/** Returns the failure of a request. */
export const requestFault = (error: unknown): RequestError => {
  const causes = causesOf(error);
  const known = causes.find((cause) => cause instanceof RequestError);
  if (known) return known;
  const [, kind = 'other'] =
    requestKinds.find(([type]) => causes.some((cause) => cause instanceof type)) ?? [];
  return new RequestError(kind, (error as Error).message, error);
};

/** A server that requires a certificate of the client, and got none. */
export const certificateRequired = 'the server requires a certificate (NATS_CERT and NATS_KEY)';
const notTrusted = 'the certificate of the server is not trusted (NATS_CA names the file of its authority)';

/** Texts by the code of the error. */
const codeTexts: Readonly<Record<string, string>> = {
  ...networkErrorTexts,
  DEPTH_ZERO_SELF_SIGNED_CERT: notTrusted,
  SELF_SIGNED_CERT_IN_CHAIN: notTrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT: notTrusted,
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another name',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: certificateRequired,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'NATS_KEY is not the key of the certificate NATS_CERT',
  ERR_OSSL_PEM_NO_START_LINE: 'NATS_CERT or NATS_KEY is not a PEM file',
};

const codeOf = (error: unknown): string | undefined =>
  causesOf(error)
    .map((cause) => (cause as NodeJS.ErrnoException | undefined)?.code)
    .find((code) => typeof code === 'string');

const isTimeout = (error: unknown): boolean =>
  causesOf(error).some((cause) => cause instanceof errors.TimeoutError);

const isRefusal = (error: unknown): boolean =>
  causesOf(error).some((cause) => /connection refused/.test((cause as Error).message));

/** Returns whether a later attempt to connect may succeed without a change of the setup. */
export const isTransientFault = (error: unknown): boolean =>
  isTimeout(error) || isRefusal(error) || Object.hasOwn(networkErrorTexts, codeOf(error) ?? '');

/** Describes in one sentence why there is no connection. */
export const connectionFault = (error: unknown, label: string): string => {
  const causes = causesOf(error);
  const has = (type: ErrorClass) => causes.some((cause) => cause instanceof type);
  const { message = '' } = (error ?? {}) as Error;
  if (has(errors.UserAuthenticationExpiredError)) return `${label}: the credentials have expired`;
  if (has(errors.AuthorizationError))
    return `${label}: the server refuses the credentials (NATS_CREDS, NATS_NKEY, NATS_USER or NATS_CONTEXT)`;
  if (/support 'tls'|tls.*not available/.test(message))
    return `${label}: the server does not use TLS (expected nats://)`;
  const text = codeTexts[codeOf(error) ?? ''];
  if (text !== undefined) return `${label}: ${text}`;
  if (isTimeout(error)) return `${label}: no answer`;
  if (/certificate required/i.test(message)) return `${label}: ${certificateRequired}`;
  return `${label}: ${printable(message)}`;
};
