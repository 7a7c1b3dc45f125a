import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BlackHoleProxy } from '../../support/fakes/black-hole-proxy.ts';
import { waitFor } from '../../support/harness/recording.ts';
import { hasNatsServer, TestNatsServer } from '../../support/installed/nats-server.ts';
import { openLink } from './link-fixture.ts';
import { createStreams, openResources, startPublisher, startWithStreams } from './nats-fixture.ts';

const numbered = (text = '') => text.split(/(?<=\n)/).filter((line) => line.includes('"seq":'));
/** Returns lines without those that repeat earlier ones. */
const distinct = (text: string | undefined) => [...new Set(numbered(text))];

describe.skipIf(!hasNatsServer).concurrent('the NATS link (with nats-server)', () => {
  const { keep, openFiles, connect, closeLater } = openResources();
  const setUp = async (changes = {}) => {
    const server = keep(await startWithStreams(changes));
    const files = openFiles();
    const connection = await connect(server.url);
    const publisher = startPublisher({ path: files.path, connection });
    const published = () => publisher.acknowledged(files.lastSeq);
    return { server, files, connection, publisher, published };
  };
  const open = (...args: Parameters<typeof openLink>) => {
    const link = openLink(...args);
    closeLater(() => link.link.stop());
    return link;
  };

  test('continues after a kill of the server, and after a line that swallows all [fault:nats-line-cut]', async () => {
    const { server, files, published } = await setUp();
    const proxy = await BlackHoleProxy.start(server.port);
    closeLater(() => proxy.stop());
    const [direct, far] = [open(server.url, { sinceNs: 0n }), open(proxy.url, { sinceNs: 0n })];
    files.write(10);
    await published();
    const has = (link: typeof direct) => () =>
      link.bytes.get('guest')?.includes(`"seq":${files.lastSeq},`) ||
      link.bytes.get('guest')?.includes(`"seq":${files.lastSeq}}`);
    await waitFor('records', has(direct));
    await waitFor('records', has(far));
    proxy.swallow();
    await server.kill();
    await waitFor('the state', () => direct.states.get('guest')?.endsWith(': the connection was lost'));
    expect(direct.states.get('guest')).toMatch(/^reconnecting: 127\.0\.0\.1:\d+: the connection was lost$/);
    files.write(10);
    await server.restart();
    await published();
    await waitFor('records', has(direct));
    await waitFor('the state', () => far.states.get('guest')?.startsWith('reconnecting: '));
    proxy.restore();
    await waitFor('records', has(far));
    await waitFor('the state', () => far.states.get('guest') === 'live');
    for (const link of [direct, far])
      expect(numbered(link.bytes.get('guest'))).toEqual(files.written.get('r0'));
  });

  test('receives what the server has lost and got again [fault:nats-lost-tail-view]', async () => {
    const { server, files, published } = await setUp();
    const link = open(server.url, { sinceNs: 0n });
    files.write(10);
    await published();
    await server.kill('SIGTERM');
    const older = join(server.directory, 'older');
    cpSync(server.storeDirectory, older, { recursive: true });
    await server.restart();
    files.write(10);
    await published();
    files.write(3);
    await published();
    await waitFor('records', () => distinct(link.bytes.get('guest')).length === files.lastSeq + 1);
    await server.kill();
    rmSync(server.storeDirectory, { recursive: true });
    cpSync(older, server.storeDirectory, { recursive: true });
    await server.restart();
    files.write(5);
    await published();
    await waitFor('records', () => distinct(link.bytes.get('guest')).length === files.lastSeq + 1);
    expect(distinct(link.bytes.get('guest'))).toEqual(files.written.get('r0'));
  });

  test('follows a stream that was deleted and created again [fault:nats-stream-recreated-view]', async () => {
    const { server, files, connection, publisher } = await setUp();
    const link = open(server.url, { sinceNs: 0n });
    files.write(10);
    await waitFor('records', () => distinct(link.bytes.get('guest')).length === files.lastSeq + 1);
    await connection.request('$JS.API.STREAM.DELETE.CHURN');
    await connection.request('$JS.API.STREAM.DELETE.CHURN_NOW');
    await createStreams(connection);
    files.write(5);
    files.end();
    await publisher.finish();
    await waitFor('records', () => distinct(link.bytes.get('guest')).length === files.lastSeq + 1);
    expect(distinct(link.bytes.get('guest'))).toEqual(files.written.get('r0'));
    expect(link.notices.some((notice) => notice.endsWith('the stream CHURN was created again'))).toBe(true);
  });

  test('misses only what a stream no longer retains [fault:nats-slow-viewer]', async () => {
    const { server, files, published } = await setUp({ max_bytes: 6000 });
    const proxy = await BlackHoleProxy.start(server.port);
    closeLater(() => proxy.stop());
    const link = open(proxy.url);
    await waitFor('the guest', () => link.states.get('guest') === 'live');
    proxy.swallow();
    for (let each = 0; each < 6; each++) {
      files.write(20);
      await published();
    }
    proxy.restore();
    await waitFor('records', () => link.bytes.get('guest')?.includes(`"seq":${files.lastSeq},`));
    const seqs = numbered(link.bytes.get('guest')).map((line) => Number(/"seq":(\d+)/.exec(line)?.[1]));
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(seqs.length).toBeLessThan(files.lastSeq);
  });

  test('shows guests that send counters only', async () => {
    const server = keep(await TestNatsServer.start());
    const connection = await connect(server.url);
    await createStreams(connection);
    const files = openFiles();
    files.write(10);
    const publisher = startPublisher({ path: files.path, connection, events: false, pulseMs: 100 });
    const link = open(server.url);
    await waitFor('a pulse', () => link.bytes.get('guest')?.includes('"spawned":10,'));
    files.write(5);
    await waitFor('a pulse', () => link.bytes.get('guest')?.includes('"spawned":15,'));
    expect(link.bytes.get('guest')).not.toContain('"seq":');
    await publisher.stop();
  });
});
