import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConnectorMessage, decodeDatagram } from '../../../src/capture/connector/proc-event.ts';
import type { KernelEvent } from '../../../src/capture/kernel/kernel-event.ts';
import {
  connectorMessage,
  eventKinds,
  eventMessage,
  netlinkMessage,
} from '../../support/fixtures/connector-messages.ts';
import { connectorRecording } from '../../support/fixtures/connector-recording.ts';

const decode = (bytes: readonly number[] | Uint8Array) => {
  const messages: ConnectorMessage[] = [];
  const content = Uint8Array.from(bytes);
  const malformed = decodeDatagram(new DataView(content.buffer), 0, content.length, messages);
  return { messages, malformed };
};

const decodeHex = (hex: string) => decode(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

const comm = (text: string) => Uint8Array.from(Buffer.from(text));
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const timeNs = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const task = { pid: u32, tid: u32, timeNs };
const commBytes = fc.uint8Array({ maxLength: 16 }).map((bytes) => bytes.filter((byte) => byte !== 0));

const anyEvent: fc.Arbitrary<KernelEvent> = fc.oneof(
  fc.record({ ...task, type: fc.constant('fork' as const), parentPid: u32, parentTid: u32 }),
  fc.record({ ...task, type: fc.constant('exec' as const) }),
  fc.record({ ...task, type: fc.constant('comm' as const), comm: commBytes }),
  fc.record({ ...task, type: fc.constant('uid' as const), uid: u32 }),
  fc.record({ ...task, type: fc.constant('exit' as const), status: u32 }),
);

describe('a datagram', () => {
  test('it is decoded field by field', () => {
    const { messages, malformed } = decodeHex(`
      4c000000 0300 0000 00000000 00000000
      01000000 01000000 e80f0000 00000000 2800 0000
      01000000 05000000 00e40b5402000000
      0a000000 0b000000 0c000000 0d000000 00000000 00000000`);
    expect(malformed).toBe(0);
    expect(messages).toEqual([
      {
        cpu: 5,
        sequence: 4072,
        timeNs: 10_000_000_000n,
        event: { type: 'fork', pid: 13, tid: 12, timeNs: 10_000_000_000n, parentPid: 11, parentTid: 10 },
      },
    ]);
  });

  test('the decoder returns every event as it was sent', () => {
    fc.assert(
      fc.property(anyEvent, u32, u32, (event, cpu, sequence) => {
        const { messages, malformed } = decode(eventMessage(event, { cpu, sequence }));
        expect(malformed).toBe(0);
        expect(messages).toEqual([{ cpu, sequence, timeNs: event.timeNs, event }]);
      }),
    );
  });

  test('an acknowledgement has the number of its request and an error', () => {
    const bytes = connectorMessage(eventKinds.acknowledgement, [1], { acknowledgement: 0x8000_0001 });
    expect(decode(bytes).messages).toEqual([
      { cpu: 0, sequence: 0, timeNs: 0n, acknowledgement: { number: 0x8000_0001, errno: 1 } },
    ]);
  });

  test.each(['gid', 'sid', 'ptrace', 'coredump', 'nonzeroExit'] as const)(
    'a message of kind %s has only its sequence number',
    (kind) => {
      const bytes = connectorMessage(eventKinds[kind], [1, 2, 3, 4, 5, 6], {
        cpu: 3,
        sequence: 9,
        timeNs: 7n,
      });
      expect(decode(bytes)).toEqual({ messages: [{ cpu: 3, sequence: 9, timeNs: 7n }], malformed: 0 });
    },
  );

  test('a message of an unknown kind has only its sequence number', () => {
    const bytes = connectorMessage(0x400, [1], { sequence: 9 });
    expect(decode(bytes)).toEqual({ messages: [{ cpu: 0, sequence: 9, timeNs: 0n }], malformed: 0 });
  });

  test('a name of 16 bytes without a zero byte is complete, and does not change with the buffer', () => {
    const bytes = Uint8Array.from(
      eventMessage({ type: 'comm', pid: 1, tid: 1, timeNs: 0n, comm: comm('0123456789abcdef') }),
    );
    const messages: ConnectorMessage[] = [];
    decodeDatagram(new DataView(bytes.buffer), 0, bytes.length, messages);
    bytes.fill(0);
    expect(messages[0]?.event).toMatchObject({ comm: comm('0123456789abcdef') });
  });

  test('all its messages are decoded', () => {
    const exec: KernelEvent = { type: 'exec', pid: 1, tid: 2, timeNs: 3n };
    const bytes = [1, 2, 3].flatMap((sequence) => eventMessage(exec, { sequence }));
    expect(decode(bytes).messages.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  test('it is decoded at its place in a buffer', () => {
    const message = eventMessage({ type: 'exec', pid: 1, tid: 2, timeNs: 3n });
    const content = Uint8Array.from([...message.map(() => 255), ...message, ...message.map(() => 255)]);
    const messages: ConnectorMessage[] = [];
    const view = new DataView(content.buffer);
    expect(decodeDatagram(view, message.length, 2 * message.length, messages)).toBe(0);
    expect(messages).toHaveLength(1);
  });

  test('messages of other connectors and control messages are skipped', () => {
    const other = connectorMessage(eventKinds.exec, [1, 1]);
    other[16] = 2;
    const exec = eventMessage({ type: 'exec', pid: 1, tid: 2, timeNs: 3n });
    const { messages, malformed } = decode([...other, ...netlinkMessage([1, 2, 3, 4, 5], 2), ...exec]);
    expect([messages.length, malformed]).toEqual([1, 0]);
  });
});

describe('malformed messages are counted', () => {
  const exec = eventMessage({ type: 'exec', pid: 1, tid: 2, timeNs: 3n });

  test('a message with less data than its kind needs', () => {
    const short = [...connectorMessage(eventKinds.fork, [1, 2, 3, 4])];
    short[32] = 16 + 12;
    const { messages, malformed } = decode([...short, ...exec]);
    expect([messages.length, malformed]).toEqual([1, 1]);
  });

  test('a message whose payload is longer than it', () => {
    const long = [...exec];
    long[32] = 41;
    const { messages, malformed } = decode([...long, ...exec]);
    expect([messages.length, malformed]).toEqual([1, 1]);
  });

  test.each([0, 15, 77])('the rest of a datagram after a length of %i', (length) => {
    const { messages, malformed } = decode([...exec, ...[length, 0, 0, 0], ...exec.slice(4)]);
    expect([messages.length, malformed]).toEqual([1, 1]);
  });

  test('every datagram that ends too early', () => {
    for (let length = 1; length < exec.length; length++)
      expect(decode(exec.slice(0, length)), `${length} bytes`).toEqual({ messages: [], malformed: 1 });
  });
});

describe('recorded datagrams', () => {
  const parent = 7934;
  const [child, thread, shell, killed, user, aborted] = [7977, 7978, 7979, 7980, 7981, 7982] as const;
  const summary = (event: KernelEvent | undefined): unknown[] => {
    switch (event?.type) {
      case undefined:
        return [];
      case 'fork':
        return ['fork', event.parentPid, event.pid, event.tid];
      case 'comm':
        return ['comm', event.pid, Buffer.from(event.comm).toString()];
      case 'uid':
        return ['uid', event.pid, event.uid];
      case 'exit':
        return ['exit', event.pid, event.tid, event.status];
      default:
        return [event?.type, event?.pid];
    }
  };

  test('the decoder returns the history that was recorded', () => {
    const decoded = connectorRecording.map(([, hex]) => decodeHex(hex));
    expect(decoded.every(({ messages, malformed }) => messages.length === 1 && malformed === 0)).toBe(true);
    const messages = decoded.map(({ messages: [message] }) => message as ConnectorMessage);
    expect(messages[0]?.acknowledgement).toEqual({ number: 0x1234568, errno: 0 });
    expect(messages.slice(1).map(({ event }) => summary(event))).toEqual([
      ['fork', parent, child, child],
      ['comm', child, 'recorded'],
      ['fork', parent, child, thread],
      ['fork', child, shell, shell],
      ['exit', child, thread, 0],
      ['exec', shell],
      ['exit', shell, shell, 3 * 256],
      ['fork', child, killed, killed],
      ['fork', child, user, user],
      ['fork', child, aborted, aborted],
      [],
      [],
      ['uid', user, 65_534],
      ['exit', killed, killed, 9],
      ['exit', user, user, 0],
      [],
      ['exit', aborted, aborted, 6 + 128],
      ['exit', child, child, 7 * 256],
    ]);
    for (const cpu of [0, 1]) {
      const ofCpu = messages.filter((message) => message.cpu === cpu);
      const first = ofCpu[0]?.sequence as number;
      expect(ofCpu.map(({ sequence }) => sequence - first)).toEqual(ofCpu.map((_, index) => index));
    }
    const times = messages.map(({ timeNs }) => timeNs);
    expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
  });

  test('changed, cut and joined bytes are decoded or counted, and never throw [fault:kernel-malformed]', () => {
    const recorded = connectorRecording.map(([, hex]) => [...Buffer.from(hex, 'hex')]);
    const datagram = fc.array(fc.constantFrom(...recorded), { minLength: 1, maxLength: 4 }).chain((parts) => {
      const bytes = parts.flat();
      const change = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) });
      return fc.record({
        bytes: fc.constant(bytes),
        changes: fc.array(change, { maxLength: 6 }),
        length: fc.oneof(fc.constant(bytes.length), fc.nat(bytes.length)),
      });
    });
    fc.assert(
      fc.property(datagram, ({ bytes, changes, length }) => {
        const changed = [...bytes];
        for (const { at, value } of changes) changed[at] = value;
        const { messages, malformed } = decode(changed.slice(0, length));
        // A message has 36 bytes at least.
        expect(messages.length).toBeLessThanOrEqual(length / 36);
        expect(malformed).toBeLessThanOrEqual(Math.ceil(length / 16));
        if (changes.length === 0 && length === bytes.length) expect(malformed).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('any bytes are decoded or counted, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const { messages, malformed } = decode(bytes);
        expect(messages.length + malformed).toBeLessThanOrEqual(Math.ceil(bytes.length / 16));
      }),
      { numRuns: 2000 },
    );
  });
});
