import type { LiveSource } from '../../capture/live-source.ts';
import { RecordError } from '../../trace/record/errors.ts';
import type { RecordOptions } from '../../trace/record/protocol.ts';
import { formatBytes } from '../../util/format.ts';
import { printable } from '../../util/text.ts';
import { lossMessage, type RunningRecording, recordingState, startRecording } from './recording.ts';

export type RecordingToggleOptions = {
  source: LiveSource;
  /** How to record to a path. */
  optionsFor: (path: string) => RecordOptions;
  /** Paths for a recording that was given none: the first, and the others should there be files already. */
  defaultPaths: () => Iterable<string>;
};

/** One recording at a time beside a screen or a stream, begun and ended at will. */
export class RecordingToggle {
  readonly #options: RecordingToggleOptions;
  #running: RunningRecording | undefined;
  /** What is being done to it, so that two hasty keys do not begin two. */
  #pending: Promise<unknown> = Promise.resolve();
  /** Called whenever the badge may read anew. */
  onChange: () => void = () => {};

  constructor(options: RecordingToggleOptions) {
    this.#options = options;
  }

  /** How it goes, for the header: `REC 1.2 MiB 3.4 KiB/s`; undefined while nothing is recorded. */
  get badge(): string | undefined {
    if (!this.#running) return undefined;
    const { status } = this.#running;
    const trouble = status.state === 'recording' ? '' : ` ${recordingState(status)}`;
    return `REC ${formatBytes(status.bytes)} ${formatBytes(status.bytesPerSecond)}/s${trouble}`;
  }

  /** Begin; gives what to say. @throws RecordError when the path is refused */
  start(path?: string): Promise<string> {
    return this.#serialize(async () => {
      this.#running = path === undefined ? await this.#startAtDefaultPath() : await this.#startAt(path);
      this.#running.subscribe(() => this.onChange());
      return `recording to ${printable(this.#running.status.path)}`;
    });
  }

  /** End; gives what to say, and whether anything was lost. Undefined if nothing was being recorded. */
  stop(): Promise<{ text: string; lost: boolean } | undefined> {
    return this.#serialize(async () => {
      const running = this.#running;
      this.#running = undefined;
      if (!running) return undefined;
      const last = await running.stop();
      const loss = lossMessage(last);
      const name = printable(last.path);
      return {
        text: loss ? `${name}: ${loss}` : `${formatBytes(last.bytes)} recorded to ${name}`,
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
    const { source, optionsFor } = this.#options;
    return startRecording(source, { ...optionsFor(path), ...more });
  }

  async #startAtDefaultPath(): Promise<RunningRecording> {
    let taken: unknown;
    for (const path of this.#options.defaultPaths()) {
      try {
        return await this.#startAt(path, { append: false });
      } catch (error) {
        if (!(error instanceof RecordError) || error.details.reason !== 'exists') throw error;
        taken = error;
      }
    }
    throw taken;
  }

  #serialize<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#pending.then(act).finally(() => this.onChange());
    this.#pending = done.catch(() => {});
    return done;
  }
}
