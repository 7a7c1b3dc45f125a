/** Publishes the traces of guests, each with its own connection: publisher.mjs URL FILE... */
import { Publisher } from '../../../src/fleet/nats/publish/publisher.ts';
import { resolveAddress } from '../../../src/fleet/nats/server/address.ts';
import { Connection } from '../../../src/fleet/nats/server/connection.ts';
import { answer } from './answers.ts';

const [url = '', ...paths] = process.argv.slice(2);
const { signal } = new AbortController();
const address = resolveAddress(url, {});

const publishers = await Promise.all(
  paths.map(async (path) => {
    const connection = await Connection.open(address, {
      name: 'publisher',
      signal,
      waits: true,
      onState: () => {},
    });
    const onReport = (text: string) => process.stderr.write(`${text}\n`);
    return new Publisher({
      path,
      connection,
      events: true,
      pulseMs: 5_000,
      gzip: false,
      failsEarly: false,
      signal,
      onReport,
    });
  }),
);
answer({ status: () => publishers.reduce((sum, { status }) => sum + status.published, 0) });
await Promise.all(publishers.map((publisher) => publisher.run()));
