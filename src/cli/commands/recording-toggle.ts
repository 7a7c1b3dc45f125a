import type { LiveSource } from '../../capture/live-source.ts';
import { RecordError } from '../../trace/record/errors.ts';
import type { RecordOptions } from '../../trace/record/protocol.ts';
import { shortBytes } from '../../util/format.ts';
import { printable } from '../../util/text.ts';
import { type RunningRecording, recordingLoss, recordingNews, startRecording } from './recording.ts';

export type RecordingSwitchOptions = {
  source: LiveSource;
  /** How to record to a path. */
  recordTo: (path: string) => RecordOptions;
  /** Paths for a recording that was given none: the first, and the others should there be files already. */
  freshPaths: () => Iterable<string>;
};

/** One recording at a time beside a screen or a stream, begun and ended at will. */
export class RecordingSwitch {
  readonly #options: RecordingSwitchOptions;
  #running: RunningRecording | undefined;
  /** What is being done to it, so that two hasty keys do not begin two. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Called whenever the badge may read anew. */
  onChange: () => void = () => {};

  constructor(options: RecordingSwitchOptions) {
    this.#options = options;
  }

  /** How it goes, for the header: `REC 1.2 MiB 3.4 KiB/s`; undefined while nothing is recorded. */
  get badge(): string | undefined {
    if (!this.#running) return undefined;
    const { status } = this.#running;
    const trouble = status.state === 'recording' ? '' : ` ${recordingNews(status)}`;
    return `REC ${shortBytes(status.bytes)} ${shortBytes(status.bytesPerSecond)}/s${trouble}`;
  }

  /** Begin; gives what to say. @throws RecordError when the path is refused */
  start(path?: string): Promise<string> {
    return this.#inTurn(async () => {
      this.#running = path === undefined ? await this.#startAnew() : await this.#startAt(path);
      this.#running.subscribe(() => this.onChange());
      return `recording to ${printable(this.#running.status.path)}`;
    });
  }

  /** End; gives what to say, and whether anything was lost. Undefined if nothing was being recorded. */
  stop(): Promise<{ text: string; lost: boolean } | undefined> {
    return this.#inTurn(async () => {
      const running = this.#running;
      this.#running = undefined;
      if (!running) return undefined;
      const last = await running.stop();
      const loss = recordingLoss(last);
      const name = printable(last.path);
      return {
        text: loss ? `${name}: ${loss}` : `${shortBytes(last.bytes)} recorded to ${name}`,
        lost: loss !== undefined,
      };
    });
  }

  /** Begin or end; gives what to say. @throws RecordError */
  async toggle(): Promise<string> {
    const ended = await this.stop();
    return ended ? ended.text : this.start();
  }

  #startAt(path: string, more?: Partial<RecordOptions>): Promise<RunningRecording> {
    const { source, recordTo } = this.#options;
    return startRecording(source, { ...recordTo(path), ...more });
  }

  async #startAnew(): Promise<RunningRecording> {
    let taken: unknown;
    for (const path of this.#options.freshPaths()) {
      try {
        return await this.#startAt(path, { append: false });
      } catch (error) {
        if (!(error instanceof RecordError) || error.facts.reason !== 'exists') throw error;
        taken = error;
      }
    }
    throw taken;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act).finally(() => this.onChange());
    this.#turn = done.catch(() => {});
    return done;
  }
}
