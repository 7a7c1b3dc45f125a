import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/fleet/nats/server/connection.ts';
import { publishMessage } from '../../../src/fleet/nats/server/jetstream.ts';
import { subjectOf } from '../../../src/fleet/nats/server/subjects.ts';
import { openHistory } from '../../../src/fleet/nats/subscribe/history.ts';
import { hasNatsServer } from '../../support/installed/nats-server.ts';
import { openResources, startWithStreams } from './nats-fixture.ts';

/** Publishes one line of a recorder. */
const publish = (connection: Connection, recorder: string, seq: number) =>
  publishMessage(connection, subjectOf('web1', recorder, 'events'), {
    data: Buffer.from(`${recorder}-${seq} `),
    headers: { 'Nats-Msg-Id': `${recorder}:${seq}`, 'Churn-To': `${seq}` },
    timeoutMs: 3000,
  });

/** Returns the guests and what was read of each. */
const readAll = async (connection: Connection) => {
  const guests = await openHistory({ connection, signal: new AbortController().signal });
  return Promise.all(guests.map(async ({ chunks, ...guest }) => ({ ...guest, lines: await text(chunks) })));
};

describe.skipIf(!hasNatsServer)('the history of a server (with nats-server)', () => {
  const { keep, connect } = openResources();

  test('keeps guests apart that have the same name [fault:nats-same-name]', async () => {
    const connection = await connect(keep(await startWithStreams()).url);
    for (const [recorder, seq] of [
      ['old', 0],
      ['a', 0],
      ['b', 0],
      ['a', 1],
      ['b', 1],
      ['new', 0],
    ] as const)
      await publish(connection, recorder, seq);
    expect(await readAll(connection)).toEqual([
      { guest: 'web1', isNamesake: false, lines: 'old-0 a-0 a-1 new-0 ' },
      { guest: 'web1:b', isNamesake: true, lines: 'b-0 b-1 ' },
    ]);
  });

  test('reads recorders of one guest that follow each other as one', async () => {
    const connection = await connect(keep(await startWithStreams()).url);
    for (const recorder of ['a', 'b']) for (const seq of [0, 1]) await publish(connection, recorder, seq);
    expect(await readAll(connection)).toEqual([
      { guest: 'web1', isNamesake: false, lines: 'a-0 a-1 b-0 b-1 ' },
    ]);
  });
});
