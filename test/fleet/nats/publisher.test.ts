import { describe, expect, test } from 'vitest';
import { hasNatsServer } from '../../support/installed/nats-server.ts';
import { openResources, readStream, startPublisher, startWithStreams } from './nats-fixture.ts';

describe.skipIf(!hasNatsServer)('the publisher (with nats-server)', () => {
  const { keep, openFiles, connect } = openResources();

  test('publishes what the recorder has written, byte by byte, and continues after a restart', async () => {
    const server = keep(await startWithStreams());
    const files = openFiles(true);
    const connection = await connect(server.url);
    files.write(20);
    const first = startPublisher({ path: files.path, connection });
    await first.acknowledged(20);
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
