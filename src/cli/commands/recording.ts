import type { LiveSource } from '../../capture/live-source.ts';
import type { RecorderStatus, RecordOptions } from '../../trace/record/protocol.ts';
import type { Recorder } from '../../trace/record/recorder.ts';
import { counted, grouped, shortBytes } from '../../util/format.ts';
import type { FlagValues } from '../args/flags.ts';
import { reasonOf } from '../support/errors.ts';
import { readUsers } from '../support/users.ts';

/** A recording that goes on beside whatever else listens to the source. */
export type RunningRecording = Pick<Recorder, 'status' | 'subscribe' | 'stop'>;

const second = 1_000_000_000n;

/** How to record, as the flags say. */
export const recordingRules = (
  values: FlagValues,
): Pick<RecordOptions, 'append' | 'fsyncNs' | 'rotation' | 'users'> => {
  const { append, fsync = second, rotate, rotateEvery, keep, gzip } = values;
  return {
    append,
    fsyncNs: fsync === 'off' ? undefined : fsync,
    rotation: { bytes: rotate, everyNs: rotateEvery, keep, gzip },
    users: readUsers(),
  };
};

/**
 * Record what a source emits, beginning with who is alive, past this thread: the sampling thread feeds the recorder's.
 * Stop the source first to have its last records in the trace.
 * @throws RecordError when the path is refused
 */
export const startRecording = async (
  source: LiveSource,
  options: RecordOptions,
): Promise<RunningRecording> => {
  const { openRecorder } = await import('../../trace/record/recorder.ts');
  const recorder = await openRecorder(options);
  source.tee(recorder.feed);
  return {
    get status() {
      return recorder.status;
    },
    subscribe: recorder.subscribe,
    stop() {
      source.tee(undefined);
      return recorder.stop();
    },
  };
};

const troubleOf = ({ trouble }: RecorderStatus): string =>
  trouble === undefined ? '' : reasonOf(Object.assign(new Error(trouble), { code: trouble }));

const fates: Readonly<Record<NonNullable<RecorderStatus['fate']>, string>> = {
  moved: 'moved away, begun anew',
  deleted: 'deleted, begun anew',
  truncated: 'cut short by someone else, begun anew',
};

/** How it goes, in a few words without figures: what changes here is news. */
export const recordingNews = (status: RecorderStatus): string => {
  const { state, fate, rotated } = status;
  const trouble = troubleOf(status);
  if (state === 'failed') return `failed: ${trouble}`;
  if (state === 'waiting') return `cannot write: ${trouble}; trying again`;
  if (trouble !== '') return `recording, but ${trouble}`;
  if (fate) return fates[fate];
  return rotated > 0 ? 'recording, rotated' : 'recording';
};

/** One line for someone who watches. */
export const recordingLine = (status: RecorderStatus): string => {
  const { bytes, bytesPerSecond, records, queued, dropped } = status;
  const parts = [
    recordingNews(status),
    counted(records, 'record'),
    shortBytes(bytes),
    `${shortBytes(bytesPerSecond)}/s`,
  ];
  if (queued > 0) parts.push(`${grouped(queued)} waiting`);
  if (dropped > 0) parts.push(`${grouped(dropped)} dropped`);
  return parts.join(' · ');
};

/** What was lost for good, as a sentence; undefined if nothing was. */
export const recordingLoss = (status: RecorderStatus): string | undefined => {
  const { state, queued, dropped } = status;
  const trouble = troubleOf(status);
  if (state === 'failed') return `the recorder failed: ${trouble}`;
  if (state !== 'ended') return 'the recorder did not end in time: the trace has no end';
  const lost = queued + dropped;
  if (lost === 0) return undefined;
  return `${counted(lost, 'record')} could not be written${trouble === '' ? '' : `: ${trouble}`}`;
};
