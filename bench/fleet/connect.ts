import { resolveAddress } from '../../src/fleet/nats/server/address.ts';
import { Connection } from '../../src/fleet/nats/server/connection.ts';

/** Connects to the server of a benchmark, once it can be reached. */
export const connectTo = (url: string, name: string): Promise<Connection> =>
  Connection.open(resolveAddress(url, {}), {
    name,
    signal: new AbortController().signal,
    waits: true,
    onState: () => {},
  });
