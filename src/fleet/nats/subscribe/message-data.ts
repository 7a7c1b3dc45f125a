import { gunzipSync } from 'node:zlib';
import type { Msg } from '@nats-io/transport-node';
import type { Delivery } from '../server/jetstream.ts';
import { messageHeaders, parseSubject } from '../server/subjects.ts';
import type { GuestMessage } from './guest-tracks.ts';

/** Maximum size of a message without its compression. */
const maxBytes = 16 * 2 ** 20;

/** Returns a message without its encoding. Undefined if it is not one of a publisher, or damaged. */
export const readMessage = (
  { subject, headers, data }: Msg,
  { timeNs }: Delivery,
): GuestMessage | undefined => {
  const parsed = parseSubject(subject);
  if (!parsed) return undefined;
  const encoding = headers?.get(messageHeaders.encoding) ?? '';
  if (encoding !== '' && encoding !== 'gzip') return undefined;
  const from = Number(/:(\d+)$/.exec(headers?.get(messageHeaders.id) ?? '')?.[1] ?? 0);
  const to = Number(headers?.get(messageHeaders.to) || 0);
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return undefined;
  try {
    const lines = encoding === 'gzip' ? gunzipSync(data, { maxOutputLength: maxBytes }) : data;
    return { ...parsed, data: lines, from, to, timeNs };
  } catch {
    return undefined;
  }
};
