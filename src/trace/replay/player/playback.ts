import type { ChurnRecord } from '../../../domain/events/event.ts';
import type { Position } from './navigate.ts';

/** Maximum number of chunks that a tick reads. If a tick needs more, playback is slower than its speed. */
const maxChunksPerTick = 40;
/** Idle time up to which none is skipped, ns. */
const maxIdleNs = 1_000_000_000n;
/** Idle time before the next event that is not skipped, ns. */
const leadTimeNs = 200_000_000n;

export type PlaybackResult = { atNs: bigint; records: readonly ChurnRecord[]; atEnd: boolean };

/** Advances the position by a duration of trace time. If `skipIdle` is set, also skips idle time after it. */
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

  const targetNs = fromNs + durationNs;
  const result = await advanceTo(targetNs, maxChunksPerTick);
  if (result !== 'reached') {
    const atNs = state.atNs > fromNs ? state.atNs : fromNs;
    return { atNs, records, atEnd: result === 'end' };
  }
  const nextNs = skipIdle && state.events === events ? playhead.nextEventNs() : undefined;
  if (nextNs === undefined || nextNs - targetNs <= maxIdleNs)
    return { atNs: targetNs, records, atEnd: false };
  await advanceTo(nextNs - leadTimeNs);
  return { atNs: nextNs - leadTimeNs, records, atEnd: false };
};

/** A playback speed: the ratio of trace time to real time. */
export type Speed = { label: string; numerator: bigint; denominator: bigint };

/** All speeds, slowest first. */
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
