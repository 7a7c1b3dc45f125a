import type { Writable } from 'node:stream';
import { LineWriter } from '../../trace/write/line-writer.ts';
import { errnoName } from '../../util/errno.ts';

/** Where a command prints to. Each piece waits until it is taken: a process that ended before would not hear that it was not. */
export class Output {
  readonly #out: Writable;
  #closed = false;

  constructor(out: Writable) {
    this.#out = out;
    // Each write hears of its own error.
    out.on('error', () => {});
  }

  /** The reader left (`| head`), and nothing more is wanted. */
  get closed(): boolean {
    return this.#closed;
  }

  /** @throws the system's error where it cannot be written */
  async write(text: string): Promise<void> {
    if (text === '' || this.#closed) return;
    const error = await new Promise<unknown>((resolve) => this.#out.write(text, resolve));
    if (!error) return;
    this.#closed = true;
    if (errnoName(error) !== 'EPIPE') throw error;
  }
}

/** Lines to an output, until somebody asks for an end, the source or the reader ends, or something fails. */
export const openLineStream = (out: Writable, interrupted: Promise<void>) => {
  let end: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  /** Rejects with what failed. */
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  interrupted.then(end);
  const queue = new LineWriter(out, (error) => (error ? fail(error) : end()));
  return { queue, ended, end, fail };
};
