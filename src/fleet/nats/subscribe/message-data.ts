import { gunzipSync } from 'node:zlib';
import type { Msg } from '@nats-io/transport-node';
import type { Delivery } from '../server/jetstream.ts';
import { messageHeaders, parsePart, parseSubject } from '../server/subjects.ts';
import type { GuestMessage } from './guest-tracks.ts';
import { MessageParts } from './message-parts.ts';

/** Maximum size of a message without its compression. */
const maxBytes = 16 * 2 ** 20;

/** Reads messages of publishers. Joins lists of live processes that are larger than a message. */
export class MessageReader {
  readonly #parts = new MessageParts();

  /** Returns a message without its encoding. Undefined if it is not one of a publisher, or damaged. */
  read({ subject, headers, data }: Msg, { timeNs }: Delivery): GuestMessage | 'incomplete' | undefined {
    const parsed = parseSubject(subject);
    if (!parsed) return undefined;
    const encoding = headers?.get(messageHeaders.encoding) ?? '';
    if (encoding !== '' && encoding !== 'gzip') return undefined;
    const from = Number(/:(\d+)$/.exec(headers?.get(messageHeaders.id) ?? '')?.[1] ?? 0);
    const to = Number(headers?.get(messageHeaders.to) || 0);
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return undefined;
    const part = parsePart(headers?.get(messageHeaders.part));
    const whole = part ? this.#parts.add(`${parsed.guest}.${parsed.recorder}`, part, data) : data;
    if (!whole) return 'incomplete';
    try {
      const lines = encoding === 'gzip' ? gunzipSync(whole, { maxOutputLength: maxBytes }) : whole;
      return { ...parsed, data: lines, from, to, timeNs };
    } catch {
      return undefined;
    }
  }
}
