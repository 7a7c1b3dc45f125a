import type { Connection } from '../server/connection.ts';
import { NatsError } from '../server/errors.ts';
import { type ConsumerConfig, getStream, startingAt } from '../server/jetstream.ts';
import { describeMissingStream, toReadError } from '../server/stream-faults.ts';
import { eventStream, nowStream, parseSubject } from '../server/subjects.ts';
import { guestMatcher } from './guest-names.ts';
import { GuestTracks } from './guest-tracks.ts';
import { MessageReader } from './message-data.ts';
import { readStored } from './read-stored.ts';

export type HistoryOptions = {
  connection: Connection;
  guests?: readonly string[] | undefined;
  /** Wall time of the first events, ns; all that the stream retains without it. */
  sinceNs?: bigint | undefined;
  signal: AbortSignal;
};

/** The events of one guest that the stream retains now. */
export type GuestHistory = { guest: string; chunks: AsyncIterable<Uint8Array> };

/** Returns the guests with events, by name. @throws NatsError */
export const openHistory = async (options: HistoryOptions): Promise<GuestHistory[]> => {
  const { connection } = options;
  try {
    const stream = await getStream(connection, eventStream, 'churn.*.*.events');
    if (!stream) throw new NatsError(describeMissingStream(eventStream, connection.label));
    const isWanted = guestMatcher(options.guests);
    const names = Object.keys(stream.state.subjects ?? {}).map(
      (subject) => parseSubject(subject)?.guest ?? '',
    );
    return [...new Set(names)]
      .filter((name) => name !== '' && isWanted(name))
      .sort()
      .map((guest) => ({ guest, chunks: readGuest(guest, options) }));
  } catch (error) {
    throw toReadError(error, connection.label);
  }
};

/** Yields the lines of one guest, each recorder from a header on. @throws NatsError */
const readGuest = async function* (guest: string, options: HistoryOptions): AsyncGenerator<Uint8Array> {
  const { connection, sinceNs } = options;
  const reader = new MessageReader();
  let chunks: Uint8Array[] = [];
  const tracks = new GuestTracks(
    { onGuest: () => {}, onBytes: (_, bytes) => chunks.push(bytes), onEnd: () => {} },
    true,
  );
  try {
    // The headers of recorders whose first files are not retained.
    const headers = { deliver_policy: 'last_per_subject', filter_subject: `churn.${guest}.*.pulse` } as const;
    const start: ConsumerConfig = sinceNs === undefined ? { deliver_policy: 'all' } : startingAt(sinceNs);
    for (const [stream, config] of [
      [nowStream, headers],
      [eventStream, { ...start, filter_subject: `churn.${guest}.*.events` }],
    ] as const) {
      for await (const { message, delivery } of readStored(stream, config, options)) {
        const read = reader.read(message, delivery);
        if (read && read !== 'incomplete') tracks.receive(read);
        yield* chunks;
        chunks = [];
      }
    }
  } catch (error) {
    if (options.signal.aborted) return;
    throw toReadError(error, connection.label);
  }
};
