import type { Writable } from 'node:stream';
import { LineWriter } from '../../trace/write/line-writer.ts';
import { errnoName } from '../../util/errno.ts';

/** The output of a command. Each write waits until the data is written, so that the process does not exit before an error. */
export class Output {
  readonly #out: Writable;
  #closed = false;

  constructor(out: Writable) {
    this.#out = out;
    // Each write handles its own error.
    out.on('error', () => {});
  }

  /** Whether the reader has closed its end, as in `| head`. Further writes do nothing. */
  get closed(): boolean {
    return this.#closed;
  }

  /** @throws the system error of the write, except EPIPE */
  async write(text: string): Promise<void> {
    if (text === '' || this.#closed) return;
    const error = await new Promise<unknown>((resolve) => this.#out.write(text, resolve));
    if (!error) return;
    this.#closed = true;
    if (errnoName(error) !== 'EPIPE') throw error;
  }
}

/**
 * Opens a stream of lines. `finished` resolves when the command should stop or when the source or the reader ends. It
 * rejects with the error that was passed to `fail`.
 */
export const openLineStream = (out: Writable, interrupted: Promise<void>) => {
  let finish: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  interrupted.then(finish);
  const queue = new LineWriter(out, (error) => (error ? fail(error) : finish()));
  return { queue, finished, finish, fail };
};

/** Prints a message to standard error. */
export const printMessage = (text: string): void => void process.stderr.write(`churntop: ${text}\n`);
