import { gunzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { Publisher } from '../../../src/fleet/nats/publish/publisher.ts';
import type { PublisherOptions } from '../../../src/fleet/nats/publish/publisher-options.ts';
import { resolveAddress } from '../../../src/fleet/nats/server/address.ts';
import { Connection } from '../../../src/fleet/nats/server/connection.ts';
import { createStream } from '../../../src/fleet/nats/server/jetstream.ts';
import { streamConfigs } from '../../../src/fleet/nats/server/subjects.ts';
import { seconds, sourceInfo } from '../../support/fixtures/events.ts';
import { waitFor } from '../../support/harness/recording.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { TestNatsServer } from '../../support/installed/nats-server.ts';
import { RecordedFiles } from '../../trace/tail/recorded-files.ts';

/** Opens a connection of a test. */
export const openConnection = (
  url: string,
  env: Readonly<Record<string, string>> = {},
  onState: (problem: string | undefined) => void = () => {},
): Promise<Connection> =>
  Connection.open(resolveAddress(url, env), {
    name: 'test',
    signal: new AbortController().signal,
    onState,
  });

/** Creates both streams, with changes of the configuration. */
export const createStreams = async (connection: Connection, changes: object = {}): Promise<void> => {
  for (const config of streamConfigs)
    await createStream(connection, { ...config, max_bytes: 64 * 2 ** 20, ...changes });
};

/** Starts a server with both streams. */
export const startWithStreams = async (changes: object = {}, config = ''): Promise<TestNatsServer> => {
  const server = await TestNatsServer.start({ config });
  const connection = await openConnection(server.url);
  await createStreams(connection, changes);
  await connection.close();
  return server;
};

/** Returns the lines of each recorder in a stream, as they were published. */
export const readStream = async (connection: Connection): Promise<Map<string, string>> => {
  const lines = new Map<string, string>();
  const info = await connection.request('$JS.API.STREAM.INFO.CHURN');
  const { state } = info.json<{ state: { first_seq: number; last_seq: number } }>();
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await connection.request('$JS.API.DIRECT.GET.CHURN', JSON.stringify({ seq }));
    if (message.headers?.code === 404) continue;
    const recorder = message.headers?.get('Nats-Subject').split('.')[2] ?? '';
    const data = message.headers?.get('Churn-Encoding') === 'gzip' ? gunzipSync(message.data) : message.data;
    lines.set(recorder, (lines.get(recorder) ?? '') + Buffer.from(data).toString());
  }
  return lines;
};

/** Opens what tests need. Everything is closed after the tests of the suite, the last one first. */
export const openResources = () => {
  const cleanups: (() => unknown)[] = [];
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
  const closeLater = (...added: (() => unknown)[]) => void cleanups.push(...added);
  return {
    closeLater,
    /** Stops a server later. Returns it. */
    keep: (server: TestNatsServer) => {
      closeLater(() => server.stop());
      return server;
    },
    openFiles: (gzip = false) => {
      const directory = createTempDir();
      const files = new RecordedFiles(directory.path, gzip);
      closeLater(directory.remove, () => files.close());
      return files;
    },
    connect: async (...args: Parameters<typeof openConnection>) => {
      const connection = await openConnection(...args);
      closeLater(() => connection.close());
      return connection;
    },
  };
};

/** Starts a publisher of a file. `done` resolves or rejects as its `run`. */
export const startPublisher = (
  options: Partial<PublisherOptions> & Pick<PublisherOptions, 'path' | 'connection'>,
) => {
  const controller = new AbortController();
  const reports: string[] = [];
  const publisher = new Publisher({
    events: true,
    pulseMs: 1000,
    gzip: false,
    failsEarly: true,
    clock: { nowNs: () => seconds(1), wallNs: () => sourceInfo.wallOffsetNs },
    signal: controller.signal,
    onReport: (text) => reports.push(text),
    ...options,
  });
  const done = publisher.run();
  done.catch(() => {});
  return {
    publisher,
    reports,
    done,
    /** Waits until the server has acknowledged the records up to `seq`. */
    acknowledged: (seq: number) => waitFor('acknowledgement', () => publisher.status.published > seq),
    finish: () => {
      publisher.finish();
      return done;
    },
    stop: () => {
      controller.abort();
      return done;
    },
  };
};
