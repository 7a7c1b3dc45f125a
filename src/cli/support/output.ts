import { addAbortListener } from 'node:events';
import type { Writable } from 'node:stream';
import { LineWriter } from '../../trace/write/line-writer.ts';
import { errnoName } from '../../util/errno.ts';
import { printable } from '../../util/printable.ts';

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

/** A stream of lines that ends when the source or the reader ends, or when its signal aborts. */
export class LineStream {
  readonly writer: LineWriter;
  /** Resolves at the end of the stream. Rejects with the error that was passed to `fail`. */
  readonly finished: Promise<void>;
  finish: () => void = () => {};
  fail: (error: Error) => void = () => {};

  /** @param signal aborts when the stream should end */
  constructor(out: Writable, signal: AbortSignal) {
    this.finished = new Promise<void>((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    const abortListener = addAbortListener(signal, () => this.finish());
    const removeListener = () => abortListener[Symbol.dispose]();
    this.finished.then(removeListener, removeListener);
    this.writer = new LineWriter(out, (error) => (error ? this.fail(error) : this.finish()));
  }
}

/** Prints one line to standard error. All messages use this function or `StatusLine`, so that none can control the terminal. */
export const printMessage = (text: string): void =>
  void process.stderr.write(`${printable(`churntop: ${text}`)}\n`);
