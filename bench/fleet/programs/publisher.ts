/** Publishes the traces of guests, each with its own connection: publisher.mjs URL FILE... */
import { Publisher } from '../../../src/fleet/nats/publish/publisher.ts';
import { connectTo } from '../connect.ts';
import { answer } from './answers.ts';

const [url = '', ...paths] = process.argv.slice(2);
const { signal } = new AbortController();

const publishers = await Promise.all(
  paths.map(
    async (path) =>
      new Publisher({
        path,
        connection: await connectTo(url, 'publisher'),
        events: true,
        pulseMs: 5_000,
        gzip: false,
        failsEarly: false,
        signal,
        onReport: (text) => process.stderr.write(`${text}\n`),
      }),
  ),
);
answer({ status: () => publishers.reduce((sum, { status }) => sum + status.published, 0) });
await Promise.all(publishers.map((publisher) => publisher.run()));
