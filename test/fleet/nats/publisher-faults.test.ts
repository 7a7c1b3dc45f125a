import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { streamConfigs } from '../../../src/fleet/nats/server/subjects.ts';
import { waitFor } from '../../support/harness/recording.ts';
import { hasNatsServer, TestNatsServer } from '../../support/installed/nats-server.ts';
import {
  createStreams,
  openResources,
  readStream,
  startPublisher,
  startWithStreams,
} from './nats-fixture.ts';

/** Seconds in which the server and the publisher are killed again and again. */
const killSeconds = Number(process.env.CHURNTOP_KILL_SECONDS ?? 3);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!hasNatsServer).concurrent('the publisher (with nats-server)', () => {
  const { keep, openFiles, connect } = openResources();
  const connectTo = async (server: TestNatsServer, env = {}) => {
    const problems: (string | undefined)[] = [];
    const connection = await connect(server.url, env, (problem) => problems.push(problem));
    return { connection, problems };
  };

  test('stores the files byte by byte when server, publisher and recorder are killed at random [fault:nats-killed]', {
    timeout: killSeconds * 1000 + 30_000,
  }, async () => {
    const server = keep(await startWithStreams());
    const { connection } = await connectTo(server);
    const files = openFiles(true);
    let publisher = startPublisher({ path: files.path, connection });
    const endMs = Date.now() + killSeconds * 1000;
    for (let round = 0; Date.now() < endMs; round++) {
      files.write(10 + Math.floor(Math.random() * 200));
      if (Math.random() < 0.5) files.tick();
      await pause(Math.random() * 60);
      if (round % 6 === 5) {
        await server.kill('SIGKILL');
        files.write(50);
        await server.restart();
      }
      if (round % 9 === 7) {
        await publisher.stop();
        publisher = startPublisher({ path: files.path, connection, gzip: round % 2 === 0 });
      }
      if (round % 20 === 19) await files.restart();
    }
    files.end();
    await publisher.finish();
    const stored = await readStream(connection);
    expect(new Set(stored.keys())).toEqual(new Set(files.written.keys()));
    for (const [recorder, lines] of files.written) expect(stored.get(recorder) === lines.join('')).toBe(true);
  });

  test('sends again what the server acknowledged and lost [fault:nats-lost-tail]', async () => {
    const server = keep(await startWithStreams());
    const { connection } = await connectTo(server);
    const files = openFiles();
    files.write(10);
    const publisher = startPublisher({ path: files.path, connection });
    const published = () => publisher.acknowledged(files.lastSeq);
    await published();
    await server.kill('SIGTERM');
    const older = join(server.directory, 'older');
    cpSync(server.storeDirectory, older, { recursive: true });
    await server.restart();
    files.write(20);
    files.tick();
    await published();
    await server.kill();
    rmSync(server.storeDirectory, { recursive: true });
    cpSync(older, server.storeDirectory, { recursive: true });
    await server.restart();
    files.write(5);
    files.end();
    await publisher.finish();
    expect((await readStream(connection)).get(files.recorder)).toBe(
      files.written.get(files.recorder)?.join(''),
    );
    expect(publisher.reports).toEqual([
      expect.stringMatching(/the server has lost \d+ acknowledged records; they are sent again$/),
    ]);
  });

  test('fills a stream that was deleted and created again [fault:nats-stream-recreated]', async () => {
    const server = keep(await startWithStreams());
    const { connection } = await connectTo(server);
    const files = openFiles();
    files.write(10);
    const publisher = startPublisher({ path: files.path, connection });
    await publisher.acknowledged(files.lastSeq);
    await connection.request('$JS.API.STREAM.DELETE.CHURN');
    files.write(5);
    await waitFor('a problem', () =>
      publisher.publisher.status.problem?.includes('no stream takes churn.guest.r0.events'),
    );
    await connection.request(
      '$JS.API.STREAM.CREATE.CHURN',
      JSON.stringify(streamConfigs[0]).replace(/"max_bytes":\d+/, '"max_bytes":1000000'),
    );
    files.end();
    await publisher.finish();
    expect((await readStream(connection)).get('r0')).toBe(files.written.get('r0')?.join(''));
  });

  test('fills a stream that was purged', async () => {
    const server = keep(await startWithStreams());
    const { connection } = await connectTo(server);
    const files = openFiles();
    files.write(10);
    const publisher = startPublisher({ path: files.path, connection });
    await publisher.acknowledged(files.lastSeq);
    await connection.request('$JS.API.STREAM.PURGE.CHURN');
    files.write(5);
    files.end();
    await publisher.finish();
    expect((await readStream(connection)).get('r0')).toBe(files.written.get('r0')?.join(''));
  });

  test.each([
    ['JetStream is off', { jetstream: false }, false, {}, /: JetStream is not enabled for this account$/],
    [
      'there is no stream',
      {},
      false,
      {},
      /: no stream takes churn\.guest\.r0\.events \(churntop check nats:\/\/127/,
    ],
    [
      'the stream has no direct access',
      {},
      true,
      { allow_direct: false },
      /: the stream CHURN does not exist, or does not answer direct requests \(--allow-direct\)$/,
    ],
    [
      'the stream is full',
      {},
      true,
      { max_bytes: 300, discard: 'new' },
      /: the stream is full: maximum bytes exceeded$/,
    ],
  ])('stops at the start if %s [fault:nats-setup]', async (_, options, hasStreams, changes, message) => {
    const server = keep(await TestNatsServer.start(options));
    const { connection } = await connectTo(server);
    if (hasStreams) await createStreams(connection, changes);
    const files = openFiles();
    await expect(startPublisher({ path: files.path, connection }).done).rejects.toThrow(message);
  });

  test('reports a stream that becomes full, and continues when it has space [fault:nats-full]', async () => {
    const server = keep(await startWithStreams({ max_bytes: 4000, discard: 'new' }));
    const { connection } = await connectTo(server);
    const files = openFiles();
    const publisher = startPublisher({ path: files.path, connection });
    await publisher.acknowledged(0);
    files.write(60);
    await waitFor('a problem', () => publisher.publisher.status.problem?.includes('the stream is full'));
    const config = { ...streamConfigs[0], max_bytes: 1_000_000, discard: 'new' };
    await connection.request('$JS.API.STREAM.UPDATE.CHURN', JSON.stringify(config));
    await publisher.acknowledged(files.lastSeq);
    await publisher.stop();
    expect(publisher.publisher.status.problem).toBeUndefined();
  });

  test('reports a server that acknowledges nothing, and publishes each record once after it [fault:nats-no-answer]', async () => {
    const server = keep(await startWithStreams());
    const { connection } = await connectTo(server);
    const acknowledge = (isOn: boolean) => {
      const config = { ...streamConfigs[0], max_bytes: 1_000_000, no_ack: !isOn };
      return connection.request('$JS.API.STREAM.UPDATE.CHURN', JSON.stringify(config));
    };
    const files = openFiles();
    const { publisher, finish } = startPublisher({ path: files.path, connection, acknowledgeTimeoutMs: 200 });
    await waitFor('acknowledgement', () => publisher.status.published > files.lastSeq);
    await acknowledge(false);
    files.write(5);
    files.end();
    await waitFor('a problem', () => publisher.status.problem?.endsWith('does not acknowledge (its disk?)'));
    await acknowledge(true);
    await finish();
    expect(publisher.status.problem).toBeUndefined();
    expect((await readStream(connection)).get('r0')).toBe(files.written.get('r0')?.join(''));
  });

  test('counts the records of files that were deleted during an outage [fault:nats-rotated-away]', async () => {
    const server = keep(await startWithStreams());
    const { connection } = await connectTo(server);
    const files = openFiles();
    const publisher = startPublisher({ path: files.path, connection });
    await publisher.acknowledged(files.lastSeq);
    await server.kill();
    for (let each = 0; each < 6; each++) {
      files.write(60);
      files.tick();
    }
    await waitFor('a full read', () => !connection.isConnected);
    files.prune(5);
    await server.restart();
    files.end();
    await publisher.finish();
    const { missing } = publisher.publisher.status;
    const stored = (await readStream(connection)).get('r0')?.split('\n').length ?? 0;
    expect(missing).toBeGreaterThan(100);
    expect(missing + stored - 1).toBe(files.lastSeq + 1);
    expect(publisher.reports).toContainEqual(
      expect.stringMatching(/records deleted before they were published$/),
    );
  });
});
