import type { Connection } from '../server/connection.ts';
import { NatsError } from '../server/errors.ts';
import { type ConsumerConfig, getStream, startingAt } from '../server/jetstream.ts';
import { describeMissingStream, toReadError } from '../server/stream-faults.ts';
import { eventStream, nowStream, parseSubject, subjectOf } from '../server/subjects.ts';
import { guestMatcher } from './guest-names.ts';
import { GuestTracks } from './guest-tracks.ts';
import { MessageReader } from './message-data.ts';
import { parallelLanes, type RecorderSpan } from './parallel-lanes.ts';
import { readStored } from './read-stored.ts';

export type HistoryOptions = {
  connection: Connection;
  guests?: readonly string[] | undefined;
  /** Wall time of the first events, ns; all that the stream retains without it. */
  sinceNs?: bigint | undefined;
  signal: AbortSignal;
};

/** The events of one guest that the stream retains now. `isNamesake`: whether an earlier guest has its host name. */
export type GuestHistory = { guest: string; isNamesake: boolean; chunks: AsyncIterable<Uint8Array> };

/** The recorders of one guest; undefined if they are all that have its name. */
type Guest = { id: string; name: string; recorders: ReadonlySet<string> | undefined };

/** Returns the guests with events, by name. @throws NatsError */
export const openHistory = async (options: HistoryOptions): Promise<GuestHistory[]> => {
  const { connection } = options;
  try {
    const stream = await getStream(connection, eventStream, 'churn.*.*.events');
    if (!stream) throw new NatsError(describeMissingStream(eventStream, connection.label));
    const isWanted = guestMatcher(options.guests);
    const recordersByName = new Map<string, string[]>();
    for (const subject of Object.keys(stream.state.subjects ?? {})) {
      const { guest, recorder } = parseSubject(subject) ?? {};
      if (guest === undefined || recorder === undefined || !isWanted(guest)) continue;
      const recorders = recordersByName.get(guest);
      if (recorders) recorders.push(recorder);
      else recordersByName.set(guest, [recorder]);
    }
    const guests: Guest[] = [];
    for (const [name, recorders] of [...recordersByName].sort(([a], [b]) => (a < b ? -1 : 1)))
      guests.push(...(await separateGuests(name, recorders, options)));
    return guests.map((guest) => ({
      guest: guest.id,
      isNamesake: guest.id !== guest.name,
      chunks: readGuest(guest, options),
    }));
  } catch (error) {
    throw toReadError(error, connection.label);
  }
};

/** Returns the guests of one name: several if recorders were active at the same time. */
const separateGuests = async (
  name: string,
  recorders: readonly string[],
  options: HistoryOptions,
): Promise<Guest[]> => {
  if (recorders.length === 1) return [{ id: name, name, recorders: undefined }];
  const lanes = parallelLanes(await recorderSpans(name, recorders, options));
  if (lanes.length <= 1) return [{ id: name, name, recorders: undefined }];
  return lanes.map((lane, index) => ({
    id: index === 0 ? name : `${name}:${lane[0]}`,
    name,
    recorders: new Set(lane),
  }));
};

/** Returns when the retained messages of recorders were stored. */
const recorderSpans = async (
  name: string,
  recorders: readonly string[],
  options: HistoryOptions,
): Promise<RecorderSpan[]> => {
  const start = startOf(options);
  const firstNs = async (recorder: string): Promise<bigint | undefined> => {
    const filter_subject = subjectOf(name, recorder, 'events');
    const messages = readStored(eventStream, { ...start, filter_subject, headers_only: true }, options);
    for await (const { delivery } of messages) return delivery.timeNs;
    return undefined;
  };
  const lastNs = new Map<string, bigint>();
  const last = {
    deliver_policy: 'last_per_subject',
    filter_subject: `churn.${name}.*.events`,
    headers_only: true,
  } as const;
  for await (const { message, delivery } of readStored(eventStream, last, options))
    lastNs.set(parseSubject(message.subject)?.recorder ?? '', delivery.timeNs);
  const spans: RecorderSpan[] = [];
  for (const recorder of recorders) {
    const fromNs = await firstNs(recorder);
    if (fromNs !== undefined) spans.push({ recorder, fromNs, untilNs: lastNs.get(recorder) ?? fromNs });
  }
  return spans;
};

const startOf = ({ sinceNs }: HistoryOptions): ConsumerConfig =>
  sinceNs === undefined ? { deliver_policy: 'all' } : startingAt(sinceNs);

/** Yields the lines of one guest, each recorder from a header on. @throws NatsError */
const readGuest = async function* (
  { name, recorders }: Guest,
  options: HistoryOptions,
): AsyncGenerator<Uint8Array> {
  const { connection } = options;
  const reader = new MessageReader();
  let chunks: Uint8Array[] = [];
  const tracks = new GuestTracks(
    { onGuest: () => {}, onBytes: (_, bytes) => chunks.push(bytes), onEnd: () => {} },
    true,
  );
  try {
    // The headers of recorders whose first files are not retained.
    const headers = { deliver_policy: 'last_per_subject', filter_subject: `churn.${name}.*.pulse` } as const;
    for (const [stream, config] of [
      [nowStream, headers],
      [eventStream, { ...startOf(options), filter_subject: `churn.${name}.*.events` }],
    ] as const) {
      for await (const { message, delivery } of readStored(stream, config, options)) {
        const read = reader.read(message, delivery);
        if (read && read !== 'incomplete' && recorders?.has(read.recorder) !== false) tracks.receive(read);
        yield* chunks;
        chunks = [];
      }
    }
  } catch (error) {
    if (options.signal.aborted) return;
    throw toReadError(error, connection.label);
  }
};
