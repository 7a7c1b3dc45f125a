import { addAbortListener } from 'node:events';
import type { WriteStream } from 'node:tty';
import type { LiveSource } from '../../capture/live-source.ts';
import type { Batch } from '../../domain/events/event.ts';
import type { SourceListener, SourceStatus } from '../../domain/source/event-source.ts';
import type { RecorderStatus, RecordOptions } from '../../trace/record/protocol.ts';
import { printable } from '../../util/printable.ts';
import { CliError } from '../support/errors.ts';
import { timeoutSignal } from '../support/signals.ts';
import { StatusLine } from '../terminal/status-line.ts';
import { lossMessage, recordingState, recordingSummary, startRecording } from './recording.ts';

export type RunRecordOptions = {
  source: LiveSource;
  options: RecordOptions;
  /** Aborts when the recording should stop (a signal). */
  signal: AbortSignal;
  /** Time to record, from the first batch on. Default: until `signal` aborts. */
  forNs?: bigint | undefined;
  /** The stream for the status line and messages. */
  log: WriteStream;
  /** Opens what runs next to the recorder: metrics, publishers. `onMessage` prints a line above the status line. */
  openCompanions: (onMessage: (text: string) => void) => Promise<readonly RecordCompanion[]>;
};

/** Runs next to a recording: receives the same records, or reads the file. */
export type RecordCompanion = Partial<Pick<SourceListener, 'onBatch' | 'onStatus'>> & {
  /** Called when the file exists. `recording.fail` ends the recording with an error. */
  start?(recording: { status: () => RecorderStatus; fail: (error: unknown) => void }): void;
  /** Returns its part of the status line. */
  summary?(): string | undefined;
  /** Called when the file is complete. Resolves within seconds. */
  stop(): void | Promise<void>;
};

/** Records for `forNs`, or until `signal` aborts. @throws RecordError, the errors of `openCompanions`, and CliError if records were lost */
export const runRecord = async ({
  source,
  options,
  signal,
  forNs,
  log,
  openCompanions,
}: RunRecordOptions): Promise<void> => {
  const line = new StatusLine(log);
  const companions = await openCompanions((text) => line.log(text));
  const recording = await startRecording(source, options);
  const name = printable(options.path);
  let lastState = recordingState(recording.status);
  if (recording.status.repairedBytes > 0)
    line.log(`${name}: removed a torn last line of ${recording.status.repairedBytes} bytes`);

  const summaries = () => companions.flatMap((companion) => companion.summary?.() ?? []);
  let abortListener: Disposable | undefined;
  const finished = new Promise<void>((resolve, reject) => {
    abortListener = addAbortListener(signal, () => resolve());
    const show = (status: RecorderStatus) => {
      if (status.state === 'stopped') return;
      if (status.state === 'failed') reject(new CliError(`${name}: ${recordingState(status)}`));
      line.show([...summaries(), recordingSummary(status), name].join(' · '));
      const state = recordingState(status);
      if (state !== lastState) line.logIfNotLive(`${name}: ${state}`);
      lastState = state;
    };
    recording.subscribe(show);
    for (const companion of companions) companion.start?.({ status: () => recording.status, fail: reject });
    let started = false;
    const onBatch = (batch: Batch) => {
      for (const companion of companions) companion.onBatch?.(batch);
      // The sampler takes a while to start.
      if (!started && forNs !== undefined) addAbortListener(timeoutSignal(forNs), () => resolve());
      started = true;
    };
    const onStatus = (status: SourceStatus) => {
      for (const companion of companions) companion.onStatus?.(status);
    };
    source.start({ onBatch, onStatus, onError: reject, onEnd: resolve });
  });

  let last: RecorderStatus;
  try {
    await finished;
  } finally {
    abortListener?.[Symbol.dispose]();
    await source.stop();
    last = await recording.stop();
    await Promise.all(companions.map((companion) => companion.stop()));
    line.finish([`${name}: ${recordingSummary(last)}`, ...summaries()].join(' · '));
  }
  const loss = lossMessage(last);
  if (loss) throw new CliError(`${name}: ${loss}`);
};
