import type { ChurnRecord } from '../../../domain/events/event.ts';
import type { Position } from './navigate.ts';

/** What one go may read; beyond it, playing is slower than asked. */
const maxChunksPerTick = 40;
/** Quiet for longer is skipped, if that is asked for, up to shortly before the next event. */
const maxIdleNs = 1_000_000_000n;
const leadTimeNs = 200_000_000n;

export type PlaybackResult = { atNs: bigint; records: readonly ChurnRecord[]; atEnd: boolean };

/** Let trace time go on by so much. */
export const advancePlayback = async (
  { playhead, atNs: fromNs }: Position,
  durationNs: bigint,
  skipIdle: boolean,
): Promise<PlaybackResult> => {
  const { state } = playhead;
  const { events } = state;
  const records: ChurnRecord[] = [];
  const onRecord = (record: ChurnRecord) => records.push(record);
  const advanceTo = async (atNs: bigint, maxChunks?: number) =>
    playhead.advance({ kind: 'time', atNs }, { onRecord, ...(maxChunks !== undefined && { maxChunks }) });

  const wantedNs = fromNs + durationNs;
  const arrival = await advanceTo(wantedNs, maxChunksPerTick);
  if (arrival !== 'there') {
    const atNs = state.atNs > fromNs ? state.atNs : fromNs;
    return { atNs, records, atEnd: arrival === 'end' };
  }
  const nextNs = skipIdle && state.events === events ? playhead.nextEventNs() : undefined;
  if (nextNs === undefined || nextNs - wantedNs <= maxIdleNs)
    return { atNs: wantedNs, records, atEnd: false };
  await advanceTo(nextNs - leadTimeNs);
  return { atNs: nextNs - leadTimeNs, records, atEnd: false };
};

/** Trace time for real time, as a fraction, slowest first. */
export type Speed = { label: string; numerator: bigint; denominator: bigint };

export const speeds: readonly Speed[] = [
  { label: '1/8x', numerator: 1n, denominator: 8n },
  { label: '1/4x', numerator: 1n, denominator: 4n },
  { label: '1/2x', numerator: 1n, denominator: 2n },
  { label: '1x', numerator: 1n, denominator: 1n },
  { label: '2x', numerator: 2n, denominator: 1n },
  { label: '4x', numerator: 4n, denominator: 1n },
  { label: '8x', numerator: 8n, denominator: 1n },
  { label: '16x', numerator: 16n, denominator: 1n },
  { label: '32x', numerator: 32n, denominator: 1n },
  { label: '64x', numerator: 64n, denominator: 1n },
];

export const realTimeSpeedIndex = speeds.findIndex(({ label }) => label === '1x');
