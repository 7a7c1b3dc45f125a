import { describe, expect, test, vi } from 'vitest';
import { getStream, type StreamInfo } from '../../../src/fleet/nats/server/jetstream.ts';
import { nowStream } from '../../../src/fleet/nats/server/subjects.ts';
import { waitFor } from '../../support/harness/recording.ts';
import { hasNatsServer } from '../../support/installed/nats-server.ts';
import { openLink } from './link-fixture.ts';
import { openResources, startPublisher, startWithStreams } from './nats-fixture.ts';

describe.skipIf(!hasNatsServer)('the NATS link (with nats-server)', () => {
  const { keep, openFiles, connect } = openResources();
  const numbered = (text: string) => text.split(/(?<=\n)/).filter((line) => line.includes('"seq":'));

  test('delivers the live processes, then each record once, and the end', async () => {
    const server = keep(await startWithStreams());
    const files = openFiles();
    const connection = await connect(server.url);
    files.write(20);
    const publisher = startPublisher({ path: files.path, connection });
    await publisher.acknowledged(files.lastSeq);
    const lateFrom = files.lastSeq + 1;
    const early = openLink(server.url);
    await waitFor('the live processes', () => early.bytes.get('guest')?.includes('trace.alive'));
    files.write(5);
    await waitFor('new records', () => publisher.publisher.status.published > files.lastSeq);
    const history = openLink(server.url, { sinceNs: 0n });
    const other = openLink(server.url, { guests: ['db*'] });
    await waitFor('history', () => numbered(history.bytes.get('guest') ?? '').length === files.lastSeq + 1);
    files.tick();
    files.end();
    await publisher.finish();
    const written = files.written.get(files.recorder) as string[];
    await waitFor('the end', () => early.states.get('guest') === 'ended');
    await waitFor('all records', () => numbered(history.bytes.get('guest') ?? '').length === written.length);
    expect(numbered(history.bytes.get('guest') as string)).toEqual(written);
    expect(numbered(early.bytes.get('guest') as string).join('')).toBe(written.slice(lateFrom).join(''));
    expect([...other.bytes.keys()]).toEqual([]);
    for (const each of [early, history, other]) {
      expect(each.errors).toEqual([]);
      await each.link.stop();
    }
  });

  test('delivers the last events of a guest that was silent for long, after its live processes', async () => {
    const server = keep(await startWithStreams());
    const files = openFiles();
    const connection = await connect(server.url);
    const publisher = startPublisher({ path: files.path, connection, pulseMs: 100 });
    await publisher.acknowledged(files.lastSeq);
    const early = openLink(server.url);
    await waitFor('the live processes', () => early.bytes.get('guest')?.includes('trace.alive'));
    files.write(20);
    await publisher.acknowledged(files.lastSeq);
    await waitFor('a later pulse', () => early.bytes.get('guest')?.includes(`"as_of":${files.lastSeq},`));
    await publisher.stop();
    await early.link.stop();
    // The newest message of all guests is later than these events.
    const { link, bytes, errors } = openLink(server.url, { overlapNs: 0n });
    const seen = () => numbered(bytes.get('guest') ?? '');
    await waitFor('the events', () => seen().at(-1)?.includes(`"seq":${files.lastSeq}`));
    const asOf = Number(/"trace.alive","as_of":(\d+)/.exec(bytes.get('guest') ?? '')?.[1]);
    expect(asOf).toBeLessThan(files.lastSeq - 19);
    expect(seen()).toEqual((files.written.get('r0') as string[]).slice(asOf + 1));
    expect(errors).toEqual([]);
    await link.stop();
  });

  test('delivers live processes that are too many for a message [fault:nats-large-list]', async () => {
    const server = keep(await startWithStreams({}, 'max_payload: 2048'));
    const files = openFiles();
    const connection = await connect(server.url);
    files.write(400);
    const publisher = startPublisher({ path: files.path, connection });
    await publisher.acknowledged(files.lastSeq);
    const { link, bytes } = openLink(server.url);
    const alive = () => bytes.get('guest')?.match(/"probe_source":"process.spawned"/g)?.length;
    await waitFor('the live processes', () => alive() === 401);
    expect(bytes.get('guest')).toContain('"records":401,');
    // A reader that does not know parts does not ask for subjects of five tokens.
    const { state } = (await getStream(connection, nowStream, 'churn.>')) as StreamInfo;
    expect(Object.keys(state.subjects ?? {})).toContain('churn.guest.r0.alive.2');
    expect(Object.keys(state.subjects ?? {})).not.toContain('churn.guest.r0.alive');
    expect(publisher.reports).toEqual([]);
    await publisher.stop();
    await link.stop();
  });

  test('shows guests that have not published for a minute as silent from the start', async () => {
    const server = keep(await startWithStreams());
    const files = openFiles();
    const connection = await connect(server.url);
    files.write(5);
    const publisher = startPublisher({ path: files.path, connection });
    await publisher.acknowledged(files.lastSeq);
    await publisher.stop();
    const now = Date.now;
    const spy = vi.spyOn(Date, 'now').mockImplementation(() => now() + 60_000);
    const { link, states } = openLink(server.url);
    await waitFor('a state', () => states.get('guest') !== undefined);
    expect(states.get('guest')).toBe('silent');
    await link.stop();
    spy.mockRestore();
  });
});
