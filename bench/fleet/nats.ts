import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../../src/fleet/nats/server/connection.ts';
import { createStream } from '../../src/fleet/nats/server/jetstream.ts';
import { eventStream, streamConfigs } from '../../src/fleet/nats/server/subjects.ts';
import { TestNatsServer } from '../../test/support/installed/nats-server.ts';
import { endWithBench, waitUntil } from './child.ts';
import { connectTo } from './connect.ts';

/** A server with both streams, and a folder for the traces of the guests. */
export type Lab = {
  server: TestNatsServer;
  folder: string;
  connection: Connection;
  close: () => Promise<void>;
};

const streamBytes = { CHURN: 180 * 2 ** 20, CHURN_NOW: 60 * 2 ** 20 };

export const openLab = async (): Promise<Lab> => {
  const server = await TestNatsServer.start();
  const folder = mkdtempSync(join(tmpdir(), 'churntop-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const connection = await connectTo(server.url, 'bench');
  for (const config of streamConfigs)
    await createStream(connection, { ...config, max_bytes: streamBytes[config.name] });
  const forget = endWithBench(() => server.stop());
  return {
    server,
    folder,
    connection,
    close: async () => {
      forget();
      await connection.close();
      await server.stop();
    },
  };
};

/** Waits until a viewer reads the events. */
export const waitForReader = ({ connection }: Lab): Promise<number | undefined> =>
  waitUntil(
    async () => {
      const info = await connection.request(`$JS.API.STREAM.INFO.${eventStream}`);
      return info.json<{ state: { consumer_count: number } }>().state.consumer_count > 0;
    },
    { limitMs: 30_000 },
  );
