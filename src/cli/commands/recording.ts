import type { LiveSource } from '../../capture/live-source.ts';
import type { RecorderStatus, RecordOptions } from '../../trace/record/protocol.ts';
import type { Recorder } from '../../trace/record/recorder.ts';
import { formatBytes, formatCount, groupDigits } from '../../util/format.ts';
import type { FlagValues } from '../args/flags.ts';
import { describeError } from '../support/errors.ts';
import { readUserNames } from '../support/users.ts';

/** A recording that goes on beside whatever else listens to the source. */
export type RunningRecording = Pick<Recorder, 'status' | 'subscribe' | 'stop'>;

const oneSecondNs = 1_000_000_000n;

/** How to record, as the flags say. */
export const recordOptionsFrom = (
  values: FlagValues,
): Pick<RecordOptions, 'append' | 'fsyncNs' | 'rotation' | 'users'> => {
  const { append, fsync = oneSecondNs, rotate, rotateEvery, keep: maxParts, gzip } = values;
  return {
    append,
    fsyncNs: fsync === 'off' ? undefined : fsync,
    rotation: { maxBytes: rotate, intervalNs: rotateEvery, maxParts, gzip },
    users: readUserNames(),
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

const errorText = ({ error }: RecorderStatus): string =>
  error === undefined ? '' : describeError(Object.assign(new Error(error), { code: error }));

const pathChangeTexts: Readonly<Record<NonNullable<RecorderStatus['pathChange']>, string>> = {
  moved: 'moved away, begun anew',
  deleted: 'deleted, begun anew',
  truncated: 'cut short by someone else, begun anew',
};

/** How it goes, in a few words without figures: what changes here is news. */
export const recordingState = (status: RecorderStatus): string => {
  const { state, pathChange, rotatedFiles } = status;
  const trouble = errorText(status);
  if (state === 'failed') return `failed: ${trouble}`;
  if (state === 'waiting') return `cannot write: ${trouble}; trying again`;
  if (trouble !== '') return `recording, but ${trouble}`;
  if (pathChange) return pathChangeTexts[pathChange];
  return rotatedFiles > 0 ? 'recording, rotated' : 'recording';
};

/** One line for someone who watches. */
export const recordingSummary = (status: RecorderStatus): string => {
  const { bytes, bytesPerSecond, records, queued, dropped } = status;
  const parts = [
    recordingState(status),
    formatCount(records, 'record'),
    formatBytes(bytes),
    `${formatBytes(bytesPerSecond)}/s`,
  ];
  if (queued > 0) parts.push(`${groupDigits(queued)} waiting`);
  if (dropped > 0) parts.push(`${groupDigits(dropped)} dropped`);
  return parts.join(' · ');
};

/** What was lost for good, as a sentence; undefined if nothing was. */
export const lossMessage = (status: RecorderStatus): string | undefined => {
  const { state, queued, dropped } = status;
  const trouble = errorText(status);
  if (state === 'failed') return `the recorder failed: ${trouble}`;
  if (state !== 'ended') return 'the recorder did not end in time: the trace has no end';
  const lost = queued + dropped;
  if (lost === 0) return undefined;
  return `${formatCount(lost, 'record')} could not be written${trouble === '' ? '' : `: ${trouble}`}`;
};
