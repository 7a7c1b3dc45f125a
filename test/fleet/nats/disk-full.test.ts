import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../../support/harness/recording.ts';
import { canMount, hasNatsServer, TestNatsServer } from '../../support/installed/nats-server.ts';
import { createStreams, openResources, readStream, startPublisher } from './nats-fixture.ts';

describe.skipIf(!hasNatsServer || !canMount())('the publisher (with nats-server)', () => {
  const { keep, openFiles, connect } = openResources();

  test('reports a full disk of the server, and publishes each record once after it [fault:nats-disk-full]', async () => {
    const server = keep(await TestNatsServer.start({ diskSize: '4m' }));
    const connection = await connect(server.url);
    await createStreams(connection);
    const files = openFiles();
    const { publisher, finish, acknowledged } = startPublisher({
      path: files.path,
      connection,
      acknowledgeTimeoutMs: 200,
    });
    await acknowledged(files.lastSeq);
    const filler = join(server.storeDirectory, 'filler');
    // Writes what fits.
    expect(() => writeFileSync(filler, Buffer.alloc(8 << 20))).toThrow('ENOSPC');
    files.write(300);
    await waitFor('a problem', () => publisher.status.problem?.endsWith('does not acknowledge (its disk?)'));
    rmSync(filler);
    // nats-server 2.9 acknowledges nothing until it is started again.
    await server.kill();
    await server.restart();
    files.write(300);
    files.end();
    await finish();
    expect(publisher.status.problem).toBeUndefined();
    expect((await readStream(connection)).get('r0')).toBe(files.written.get('r0')?.join(''));
  });
});
