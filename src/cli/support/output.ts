import type { Writable } from 'node:stream';
import { LineQueue } from '../../trace/write/line-writer.ts';
import { codeOf } from '../../util/errno.ts';

/** Where a command prints to. Each piece waits until it is taken: a process that ended before would not hear that it was not. */
export class Output {
  readonly #out: Writable;
  #gone = false;

  constructor(out: Writable) {
    this.#out = out;
    // Each write hears of its own error.
    out.on('error', () => {});
  }

  /** The reader left (`| head`), and nothing more is wanted. */
  get gone(): boolean {
    return this.#gone;
  }

  /** @throws the system's error where it cannot be written */
  async write(text: string): Promise<void> {
    if (text === '' || this.#gone) return;
    const error = await new Promise<unknown>((resolve) => this.#out.write(text, resolve));
    if (!error) return;
    this.#gone = true;
    if (codeOf(error) !== 'EPIPE') throw error;
  }
}

/** Lines to an output, until somebody asks for an end, the source or the reader ends, or something fails. */
export const openStreaming = (out: Writable, interrupted: Promise<void>) => {
  let end: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  /** Rejects with what failed. */
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  interrupted.then(end);
  const queue = new LineQueue(out, (error) => (error ? fail(error) : end()));
  return { queue, ended, end, fail };
};
