import { expect, test } from 'vitest';
import type { Connection } from '../../../src/fleet/nats/server/connection.ts';
import { getStream, parseDelivery, publishMessage } from '../../../src/fleet/nats/server/jetstream.ts';
import { parseSubject, subjectOf } from '../../../src/fleet/nats/server/subjects.ts';

test.each(['', 'null', '7', '+OK'])(
  'an answer %j is an error, because it is not one of JetStream',
  async (text) => {
    const connection = { request: async () => ({ string: () => text }) } as unknown as Connection;
    const message = { data: Buffer.alloc(0), headers: {}, timeoutMs: 1 };
    for (const request of [getStream(connection, 'CHURN'), publishMessage(connection, 'churn', message)])
      await expect(request).rejects.toMatchObject({ name: 'RequestError', kind: 'other' });
  },
);

test('a subject is read back, and one with other characters is not of a guest', () => {
  expect(parseSubject(subjectOf('web-1.example.com', '4f1d', 'alive'))).toEqual({
    guest: 'web-1_example_com',
    recorder: '4f1d',
    kind: 'alive',
  });
  for (const token of ['', 'a b', 'a\u001b[2J', '../a', 'é'])
    expect(parseSubject(`churn.${token}.4f1d.events`)).toBeUndefined();
  expect(parseSubject('churn.web1.4f1d.alive.2')?.kind).toBe('alive');
  for (const kind of ['events.2', 'pulses', 'alive.x', 'alive.2.3', 'alive.'])
    expect(parseSubject(`churn.web1.4f1d.${kind}`)).toBeUndefined();
});

test.each([
  [
    '$JS.ACK.CHURN.c1.1.42.7.1700000000000000001.3',
    { sequence: 42, timeNs: 1_700_000_000_000_000_001n, pending: 3 },
  ],
  ['$JS.ACK.hub.AC1.CHURN.c1.1.42.7.5.3', { sequence: 42, timeNs: 5n, pending: 3 }],
  ['$JS.ACK.hub.AC1.CHURN.c1.1.42.7.5.3.x7', { sequence: 42, timeNs: 5n, pending: 3 }],
  ['$JS.ACK.CHURN.c1.1.x.7.5.3', undefined],
  ['$JS.ACK.CHURN.c1.1.42.7..3', undefined],
  ['$JS.ACK.CHURN.c1.1.42', undefined],
  ['_INBOX.x', undefined],
  [undefined, undefined],
])('the reply subject %s is read', (reply, delivery) => {
  expect(parseDelivery(reply)).toEqual(delivery);
});
