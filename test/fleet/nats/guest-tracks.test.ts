import { expect, test } from 'vitest';
import { type GuestMessage, GuestTracks, maxTracks } from '../../../src/fleet/nats/subscribe/guest-tracks.ts';

const second = 1_000_000_000n;

/** Creates tracks. Lines are short: `h` for a header, `a9` for live processes as of 9, `p` for a pulse, `e3-5` for events. */
const setUp = (isHistory = false) => {
  const received: string[] = [];
  const short = (lines: string) =>
    lines
      .replaceAll(/\{"probe_source":"trace.header"[^\n]*\n/g, 'h ')
      .replaceAll(/\{"probe_source":"trace.alive","as_of":(\d+)\}\n/g, 'a$1 ')
      .replaceAll(/\{"probe_source":"trace.end"\}\n/g, 'end ')
      .trim();
  const tracks = new GuestTracks(
    {
      onGuest: (id) => received.push(`${id} new`),
      onBytes: (id, bytes) => received.push(`${id} ${short(Buffer.from(bytes).toString())}`),
      onEnd: (id) => received.push(`${id} ended`),
    },
    isHistory,
  );
  const header = '{"probe_source":"trace.header"}\n';
  const send = (message: Partial<GuestMessage>, text: string, atSeconds = 0) =>
    tracks.receive({
      guest: 'web1',
      recorder: 'r1',
      kind: 'events',
      from: 0,
      to: 0,
      timeNs: BigInt(atSeconds) * second,
      ...message,
      data: Buffer.from(text),
    });
  return {
    tracks,
    received,
    send,
    events: (from: number, to: number, at = 0, recorder = 'r1') =>
      send({ from, to, recorder }, `${from === 0 ? header : ''}e${from}-${to}`, at),
    alive: (asOf: number, at = 0, recorder = 'r1', isEnd = false) =>
      send(
        { kind: 'alive', recorder },
        `${header}{"probe_source":"trace.alive","as_of":${asOf}}\n${isEnd ? '{"probe_source":"trace.end"}\n' : ''}`,
        at,
      ),
    pulse: (at = 0, recorder = 'r1') => send({ kind: 'pulse', recorder }, `${header}p`, at),
  };
};

test('a recorder has ended when its events end so, also in the history', () => {
  const { received, events, send } = setUp(true);
  events(0, 3);
  send({ from: 4, to: 4 }, '{"probe_source":"trace.end"}\n');
  expect(received).toEqual(['web1 new', 'web1 h e0-3', 'web1 end', 'web1 ended']);
});

test('a late viewer gets the live processes, then the events after them', () => {
  const { received, alive, events, pulse } = setUp();
  pulse();
  alive(9);
  events(5, 9);
  events(8, 12);
  events(13, 14);
  alive(14);
  expect(received).toEqual(['web1 new', 'web1 h p', 'web1 h a9', 'web1 e8-12', 'web1 e13-14']);
});

test('live processes wait for the events that they include, and fill a hole', () => {
  const { received, alive, events } = setUp();
  events(3, 5);
  alive(7);
  events(6, 7);
  events(8, 8);
  events(20, 21);
  alive(21);
  expect(received).toEqual([
    'web1 new',
    'web1 e3-5',
    'web1 e6-7',
    'web1 h a7',
    'web1 e8-8',
    'web1 e20-21',
    'web1 h a21',
  ]);
});

test('events without a header get that of the counters', () => {
  const { received, tracks, events, pulse } = setUp(true);
  pulse();
  events(3, 5);
  tracks.endHistory();
  pulse();
  expect(received).toEqual(['web1 new', 'web1 h', 'web1 e3-5', 'web1 h p']);
});

test('the next recorder of a guest replaces the previous one, whose late messages are dropped', () => {
  const { received, events, alive } = setUp();
  events(0, 1, 0);
  alive(1, 1, 'r1', true);
  events(0, 1, 5, 'r2');
  events(2, 3, 6, 'r1');
  expect(received).toEqual(['web1 new', 'web1 h e0-1', 'web1 ended', 'web1 h e0-1']);
});

test('two recorders of one name that are active together are two guests', () => {
  const { received, events } = setUp();
  events(0, 1, 0);
  events(0, 1, 5, 'r2');
  events(2, 3, 30, 'r1');
  events(2, 3, 31, 'r2');
  expect(received).toEqual([
    'web1 new',
    'web1 h e0-1',
    'web1 h e0-1',
    'web1:r1 new',
    'web1:r1 e2-3',
    'web1 e2-3',
  ]);
});

test('a guest that makes up recorders has a bounded number of rows [fault:guest-recorders]', () => {
  const { received, events } = setUp();
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index <= maxTracks; index++) events(0, 1, round * 60, `r${round}-${index}`);
    for (let index = 0; index <= maxTracks; index++) events(2, 3, round * 60 + 30, `r${round}-${index}`);
  }
  expect(received.filter((line) => line.endsWith(' new'))).toHaveLength(maxTracks);
  events(4, 5, 99, `r1-${maxTracks}`);
  expect(received.at(-1)).toBe('web1 e4-5');
});

test('a header is kept for events without one only if it is one and is not long', () => {
  const { tracks, received } = setUp(true);
  const send = (recorder: string, kind: 'pulse' | 'events', text: string) =>
    tracks.receive({
      ...{ guest: recorder, recorder, kind, from: 5, to: 6, timeNs: 0n },
      data: Buffer.from(text),
    });
  const header = (bytes: number) => `{"probe_source":"trace.header"${' '.repeat(bytes)}}\n`;
  for (const [recorder, text] of [
    ['short', header(1000)],
    ['long', header(20_000)],
    ['other', 'x\n'],
  ] as const) {
    send(recorder, 'pulse', text);
    send(recorder, 'events', 'e5-6');
  }
  const lines = received.filter((line) => !line.endsWith(' new'));
  expect(lines).toEqual(['short h', 'short e5-6', 'long e5-6', 'other e5-6']);
});
