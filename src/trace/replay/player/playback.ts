import type { ChurnRecord } from '../../../domain/events/event.ts';
import type { Moment } from './navigate.ts';

/** What one go may read; beyond it, playing is slower than asked. */
const chunksAtOnce = 40;
/** Quiet for longer is skipped, if that is asked for, up to shortly before the next event. */
const idleNs = 1_000_000_000n;
const leadNs = 200_000_000n;

export type Played = { atNs: bigint; records: readonly ChurnRecord[]; atEnd: boolean };

/** Let trace time go on by so much. */
export const playOn = async (
  { head, atNs: fromNs }: Moment,
  byNs: bigint,
  skipIdle: boolean,
): Promise<Played> => {
  const { fold } = head;
  const { events } = fold;
  const records: ChurnRecord[] = [];
  const taken = (record: ChurnRecord) => records.push(record);
  const until = async (atNs: bigint, chunks?: number) =>
    head.advance({ kind: 'time', atNs }, { taken, ...(chunks !== undefined && { chunks }) });

  const wantedNs = fromNs + byNs;
  const arrival = await until(wantedNs, chunksAtOnce);
  if (arrival !== 'there') {
    const atNs = fold.atNs > fromNs ? fold.atNs : fromNs;
    return { atNs, records, atEnd: arrival === 'end' };
  }
  const nextNs = skipIdle && fold.events === events ? head.nextEventNs() : undefined;
  if (nextNs === undefined || nextNs - wantedNs <= idleNs) return { atNs: wantedNs, records, atEnd: false };
  await until(nextNs - leadNs);
  return { atNs: nextNs - leadNs, records, atEnd: false };
};

/** Trace time for real time, as a fraction, slowest first. */
export type Speed = { label: string; times: bigint; over: bigint };

export const speeds: readonly Speed[] = [
  { label: '1/8x', times: 1n, over: 8n },
  { label: '1/4x', times: 1n, over: 4n },
  { label: '1/2x', times: 1n, over: 2n },
  { label: '1x', times: 1n, over: 1n },
  { label: '2x', times: 2n, over: 1n },
  { label: '4x', times: 4n, over: 1n },
  { label: '8x', times: 8n, over: 1n },
  { label: '16x', times: 16n, over: 1n },
  { label: '32x', times: 32n, over: 1n },
  { label: '64x', times: 64n, over: 1n },
];

export const realTime = speeds.findIndex(({ label }) => label === '1x');
