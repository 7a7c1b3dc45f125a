import { expect, test } from 'vitest';
import { OutageMessages } from '../../../src/cli/fleet/outage-messages.ts';

test('each problem of an outage is printed once, and the end when the server has stored records', () => {
  const printed: string[] = [];
  const messages = new OutageMessages((message) => printed.push(message));
  messages.update(undefined, 0, 0);
  messages.update('no acknowledgement', 10, 5);
  // The server can be reached again and again, and stores nothing.
  for (let nowMs = 20; nowMs < 100; nowMs += 20) {
    messages.update('connection lost', nowMs, 5);
    messages.update(undefined, nowMs + 5, 5);
    messages.update('no acknowledgement', nowMs + 10, 5);
  }
  expect(printed).toEqual(['no acknowledgement', 'connection lost']);
  messages.update(undefined, 110, 105);
  messages.update(undefined, 120, 115);
  messages.update('connection lost', 130, 125);
  expect(printed.slice(2)).toEqual(['publishing again', 'connection lost']);
});
