import type { LiveSource } from '../../capture/live-source.ts';
import type { RecorderStatus, RecordOptions } from '../../trace/record/protocol.ts';
import type { Recorder } from '../../trace/record/recorder.ts';
import { formatBytes, formatCount, groupDigits } from '../../util/format.ts';
import type { FlagValues } from '../args/flags.ts';
import { describeError } from '../support/errors.ts';
import { readUserNames } from '../support/users.ts';

/** A recording in progress. */
export type RunningRecording = Pick<Recorder, 'status' | 'subscribe' | 'stop'>;

const oneSecondNs = 1_000_000_000n;

/** Returns the recording options from the flags. */
export const recordOptionsFrom = (
  values: FlagValues,
): Pick<RecordOptions, 'append' | 'fsyncNs' | 'rotation' | 'users'> => {
  const { append, fsync = oneSecondNs, rotate, rotateEvery, keep: maxRotatedFiles, gzip } = values;
  return {
    append,
    fsyncNs: fsync === 'off' ? undefined : fsync,
    rotation: { maxBytes: rotate, intervalNs: rotateEvery, maxRotatedFiles, gzip },
    users: readUserNames(),
  };
};

/**
 * Starts a recording of a source, which begins with the live processes. The sampler thread sends them to the recorder thread
 * directly. Stop the source first to include its last records.
 * @throws RecordError if the path cannot be recorded to
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
    subscribe: (listener) => recorder.subscribe(listener),
    stop() {
      source.tee(undefined);
      return recorder.stop();
    },
  };
};

const errorText = ({ error }: RecorderStatus): string =>
  error === undefined ? '' : describeError(Object.assign(new Error(error), { code: error }));

const pathChangeTexts: Readonly<Record<NonNullable<RecorderStatus['pathChange']>, string>> = {
  moved: 'file moved, new file started',
  deleted: 'file deleted, new file started',
  truncated: 'file truncated by another program, new file started',
};

/** Describes the state without figures, so that a change of the text is worth a message. */
export const recordingState = (status: RecorderStatus): string => {
  const { state, pathChange, rotatedFiles } = status;
  const error = errorText(status);
  if (state === 'failed') return `failed: ${error}`;
  if (state === 'waiting') return `cannot write: ${error}; retrying`;
  if (error !== '') return `recording, with an error: ${error}`;
  if (pathChange) return pathChangeTexts[pathChange];
  return rotatedFiles > 0 ? 'recording, rotated' : 'recording';
};

/** Returns the status line of a recording. */
export const recordingSummary = (status: RecorderStatus): string => {
  const { bytes, bytesPerSecond, records, queued, dropped } = status;
  const parts = [
    recordingState(status),
    formatCount(records, 'record'),
    formatBytes(bytes),
    `${formatBytes(bytesPerSecond)}/s`,
  ];
  if (queued > 0) parts.push(`${groupDigits(queued)} queued`);
  if (dropped > 0) parts.push(`${groupDigits(dropped)} dropped`);
  return parts.join(' · ');
};

/** Describes the records that were lost. Undefined if none were. */
export const lossMessage = (status: RecorderStatus): string | undefined => {
  const { state, queued, dropped } = status;
  const error = errorText(status);
  if (state === 'failed') return `the recorder failed: ${error}`;
  if (state !== 'stopped') return 'the recorder did not stop in time; the trace has no end record';
  const lost = queued + dropped;
  if (lost === 0) return undefined;
  return `${formatCount(lost, 'record')} could not be written${error === '' ? '' : `: ${error}`}`;
};
