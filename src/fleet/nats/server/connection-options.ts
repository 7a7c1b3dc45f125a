import { readFileSync } from 'node:fs';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  nkeyAuthenticator,
} from '@nats-io/transport-node';
import { errnoName } from '../../../util/errno.ts';
import { type NatsAddress, serverText } from './address.ts';
import { NatsError } from './errors.ts';

const connectTimeoutMs = 5000;
/** A dead line is noticed after three of them, within 9 s. */
const defaultPingMs = 3000;

const readSecretFile = (path: string) => (): Uint8Array => {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new NatsError(`${path}: cannot be read (${errnoName(error)})`);
  }
};

/** Returns an authenticator whose errors name its file. */
const withFileName =
  (path: string, authenticator: Authenticator): Authenticator =>
  (nonce) => {
    try {
      return authenticator(nonce);
    } catch (error) {
      if (error instanceof NatsError) throw error;
      throw new NatsError(`${path}: no credentials (${(error as Error).message})`);
    }
  };

/** Returns the options for a certificate that names an IP address, which the client compares with `localhost`. */
const identityOptions = ({ servers }: NatsAddress) => ({
  checkServerIdentity: (host: string, certificate: PeerCertificate): Error | undefined => {
    const names = host === 'localhost' ? servers.map((server) => server.host) : [host];
    const failures = names.map((name) => checkServerIdentity(name, certificate));
    return failures.includes(undefined) ? undefined : failures[0];
  },
});

/** Returns the options of the client. Files of credentials are read at each connection. */
export const connectionOptions = (
  address: NatsAddress,
  { name, tls, pingMs = defaultPingMs }: { name: string; tls: boolean; pingMs?: number | undefined },
): ConnectionOptions => {
  const { servers, credsFile, nkeyFile, user, password, token, caFile, certFile, keyFile } = address;
  // The client does not name a file that it cannot read.
  for (const path of [caFile, certFile, keyFile]) if (path) readSecretFile(path)();
  return {
    name: `churntop ${name}`,
    servers: servers.map(serverText),
    timeout: connectTimeoutMs,
    pingInterval: pingMs,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
    ...(credsFile && {
      authenticator: withFileName(credsFile, credsAuthenticator(readSecretFile(credsFile))),
    }),
    ...(!credsFile &&
      nkeyFile && { authenticator: withFileName(nkeyFile, nkeyAuthenticator(readSecretFile(nkeyFile))) }),
    ...(user && { user, pass: password ?? '' }),
    ...(token && { token }),
    ...(tls && {
      tls: {
        ...identityOptions(address),
        ...(caFile && { caFile }),
        ...(certFile && { certFile }),
        ...(keyFile && { keyFile }),
      },
    }),
  };
};
