import type { WriteStream } from 'node:tty';
import type { LiveSource } from '../../capture/live-source.ts';
import type { RecorderStatus, RecordOptions } from '../../trace/record/protocol.ts';
import { printable } from '../../util/text.ts';
import { Refusal } from '../support/errors.ts';
import { openStatusLine } from '../terminal/status-line.ts';
import { recordingLine, recordingLoss, recordingNews, startRecording } from './recording.ts';

export type RecordRun = {
  source: LiveSource;
  options: RecordOptions;
  /** Resolves when an end was asked for (a signal, a time that is over). */
  interrupted: Promise<void>;
  /** Where a person may watch. */
  log: WriteStream;
};

/** Record until an end is asked for. @throws RecordError, Refusal if anything was lost */
export const runRecord = async ({ source, options, interrupted, log }: RecordRun): Promise<void> => {
  const recording = await startRecording(source, options);
  const name = printable(options.path);
  const line = openStatusLine(log);
  let news = recordingNews(recording.status);
  if (recording.status.repaired > 0)
    line.say(`${name}: cut off a torn last line of ${recording.status.repaired} bytes`);

  const ended = new Promise<void>((resolve, reject) => {
    interrupted.then(resolve);
    const show = (status: RecorderStatus) => {
      if (status.state === 'ended') return;
      if (status.state === 'failed') reject(new Refusal(`${name}: ${recordingNews(status)}`));
      line.show(`${recordingLine(status)} · ${name}`);
      const latest = recordingNews(status);
      if (latest !== news) line.sayWithoutLine(`${name}: ${latest}`);
      news = latest;
    };
    recording.subscribe(show);
    source.start({ onBatch: () => {}, onStatus: () => {}, onError: reject, onEnd: resolve });
  });

  let last: RecorderStatus;
  try {
    await ended;
  } finally {
    await source.stop();
    last = await recording.stop();
    line.end(`${name}: ${recordingLine(last)}`);
  }
  const loss = recordingLoss(last);
  if (loss) throw new Refusal(`${name}: ${loss}`);
};
