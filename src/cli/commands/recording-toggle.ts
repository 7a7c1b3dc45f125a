import type { LiveSource } from '../../capture/live-source.ts';
import { RecordError } from '../../trace/record/errors.ts';
import type { RecordOptions } from '../../trace/record/protocol.ts';
import { formatBytes } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { lossMessage, type RunningRecording, recordingState, startRecording } from './recording.ts';

export type RecordingToggleOptions = {
  source: LiveSource;
  /** Returns the options to record to a path. */
  optionsFor: (path: string) => RecordOptions;
  /** Returns paths to try for a recording without a path. The first that does not exist is used. */
  defaultPaths: () => Iterable<string>;
};

/** Starts and stops recordings while the screen or a stream runs, one at a time. */
export class RecordingToggle {
  readonly #options: RecordingToggleOptions;
  #running: RunningRecording | undefined;
  /** The last operation. Operations run one after another, so that two fast key presses start one recording. */
  #pending: Promise<unknown> = Promise.resolve();
  /** Called when the badge may have changed. */
  onChange: () => void = () => {};

  constructor(options: RecordingToggleOptions) {
    this.#options = options;
  }

  /** The status for the header: `REC 1.2 MiB 3.4 KiB/s`. Undefined without a recording. */
  get badge(): string | undefined {
    if (!this.#running) return undefined;
    const { status } = this.#running;
    const state = status.state === 'recording' ? '' : ` ${recordingState(status)}`;
    return `REC ${formatBytes(status.bytes)} ${formatBytes(status.bytesPerSecond)}/s${state}`;
  }

  /** Starts a recording. Returns a message for the user. @throws RecordError */
  start(path?: string): Promise<string> {
    return this.#serialize(async () => {
      this.#running = path === undefined ? await this.#startAtDefaultPath() : await this.#startAt(path);
      this.#running.subscribe(() => this.onChange());
      return `recording to ${printable(this.#running.status.path)}`;
    });
  }

  /** Stops the recording. Returns a message, and whether records were lost. Undefined without a recording. */
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

  /** Stops the recording, or starts one. Returns a message for the user. @throws RecordError */
  async toggle(): Promise<string> {
    const stopped = await this.stop();
    return stopped ? stopped.text : this.start();
  }

  #startAt(path: string, overrides?: Partial<RecordOptions>): Promise<RunningRecording> {
    const { source, optionsFor } = this.#options;
    return startRecording(source, { ...optionsFor(path), ...overrides });
  }

  async #startAtDefaultPath(): Promise<RunningRecording> {
    let existsError: unknown;
    for (const path of this.#options.defaultPaths()) {
      try {
        return await this.#startAt(path, { append: false });
      } catch (error) {
        if (!(error instanceof RecordError) || error.details.reason !== 'exists') throw error;
        existsError = error;
      }
    }
    throw existsError;
  }

  #serialize<T>(operation: () => Promise<T>): Promise<T> {
    const done = this.#pending.then(operation).finally(() => this.onChange());
    this.#pending = done.catch(() => {});
    return done;
  }
}
