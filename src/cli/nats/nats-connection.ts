import { type NatsAddress, resolveAddress } from '../../fleet/nats/server/address.ts';
import { Connection } from '../../fleet/nats/server/connection.ts';
import { NatsAddressError } from '../../fleet/nats/server/errors.ts';
import { UsageError } from '../support/errors.ts';

// The client prints a fault of the protocol with `console.log`, with bytes of the server, also on the screen. It closes the
// connection when answers to its pings are missing, which is reported.
console.log = () => {};

/** Returns the address of a NATS URL. `label` is the flag, or empty for an operand. @throws UsageError */
export const natsAddress = (url: string, label = ''): NatsAddress => {
  try {
    return resolveAddress(url, process.env);
  } catch (error) {
    if (!(error instanceof NatsAddressError)) throw error;
    throw new UsageError(label === '' ? error.message : `${label}: ${error.message}`);
  }
};

/** Opens a connection for one command. @throws UsageError, NatsError */
export const openNats = (url: string, signal: AbortSignal): Promise<Connection> =>
  Connection.open(natsAddress(url), { name: 'reader', signal, onState: () => {} });
