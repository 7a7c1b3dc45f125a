import { afterAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../support/harness/recording.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { hasNatsServer, type TestNatsServer } from '../../support/installed/nats-server.ts';
import { RecordedFiles } from '../../trace/tail/recorded-files.ts';
import { openConnection, readStream, startPublisher, startWithStreams } from './nats-fixture.ts';

describe.skipIf(!hasNatsServer)('the publisher (with nats-server)', () => {
  const cleanups: (() => unknown)[] = [];
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  const setUp = async (server: TestNatsServer, gzip = false) => {
    const directory = createTempDir();
    const files = new RecordedFiles(directory.path, gzip);
    const connection = await openConnection(server.url);
    cleanups.push(
      directory.remove,
      () => files.close(),
      () => connection.close(),
    );
    return { files, connection };
  };

  test('publishes what the recorder has written, byte by byte, and continues after a restart', async () => {
    const server = await startWithStreams();
    cleanups.push(() => server.stop());
    const { files, connection } = await setUp(server, true);
    files.write(20);
    const first = startPublisher({ path: files.path, connection });
    await waitFor('acknowledgement', () => first.publisher.status.published > 20);
    files.tick();
    files.write(30);
    await first.stop();
    files.tick();
    files.write(10);
    await files.restart();
    files.write(5);
    files.tick();
    files.end();
    const second = startPublisher({ path: files.path, connection, gzip: true });
    await second.finish();
    const stored = await readStream(connection);
    for (const [recorder, lines] of files.written) expect(stored.get(recorder)).toBe(lines.join(''));
    expect([...first.reports, ...second.reports]).toEqual([]);
  });
});
