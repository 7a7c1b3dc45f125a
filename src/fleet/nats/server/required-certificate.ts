import { once } from 'node:events';
import { connect } from 'node:net';
import type { NatsServer } from './address.ts';

const timeoutMs = 2000;

/**
 * Returns whether one of the servers requires a certificate of the client. With TLS 1.3 a server refuses after the handshake,
 * which the client library does not notice. Its greeting, which precedes TLS, shows it.
 */
export const requiresCertificate = async (servers: readonly NatsServer[]): Promise<boolean> =>
  (await Promise.all(servers.map(readGreeting))).some((greeting) => greeting.includes('"tls_verify":true'));

/** Returns the first bytes that a server sends; empty if there are none in time. */
const readGreeting = async ({ host, port }: NatsServer): Promise<string> => {
  const socket = connect({ host, port });
  try {
    const [chunk] = await once(socket, 'data', { signal: AbortSignal.timeout(timeoutMs) });
    return String(chunk);
  } catch {
    return '';
  } finally {
    socket.destroy();
  }
};
