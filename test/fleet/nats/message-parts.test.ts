import { expect, test } from 'vitest';
import { formatPart, maxListParts, parsePart } from '../../../src/fleet/nats/server/subjects.ts';
import { MessageParts } from '../../../src/fleet/nats/subscribe/message-parts.ts';

/** Adds parts such as `web1 a 2/3 text`. Returns the lists that become whole. */
const join = (...messages: string[]) => {
  const parts = new MessageParts();
  return messages.flatMap((message) => {
    const [key = '', list, position, text = ''] = message.split(' ');
    const part = parsePart(`${list} ${position}`);
    const whole = part && parts.add(key, part, Buffer.from(text));
    return whole ? [`${key} ${Buffer.from(whole)}`] : [];
  });
};

test('the parts of a list are joined in their order, whatever arrives between them', () => {
  expect(join('web1 a 2/2 yz', 'db2 b 1/2 1', 'web1 a 1/2 x', 'web1 a 1/2 x', 'db2 b 2/2 2')).toEqual([
    'web1 xyz',
    'db2 12',
  ]);
});

test('parts of another list, of which some remain on the server, are not mixed in', () => {
  expect(join('web1 a 1/3 x', 'web1 a 2/3 y', 'web1 b 2/2 2', 'web1 a 3/3 z', 'web1 b 1/2 1')).toEqual([]);
  expect(join('web1 old 3/3 z', 'web1 new 1/2 1', 'web1 new 2/2 2')).toEqual(['web1 12']);
});

test('a position that cannot be is dropped', () => {
  expect(join('web1 a 0/1 x', 'web1 a 2/1 x', `web1 a 1/${maxListParts + 1} x`, 'web1 a x/y x')).toEqual([]);
  const part = { list: '4f1d2a3b', number: 2, total: 3 };
  expect(parsePart(formatPart(part))).toEqual(part);
});
