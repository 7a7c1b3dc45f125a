import type { WriteStream } from 'node:tty';
import { printable } from '../../util/printable.ts';
import { unblock } from './terminal.ts';

/** A line that is updated in place on a terminal. Without a terminal, only messages are printed. */
export class StatusLine {
  readonly #out: WriteStream;
  readonly #isLive: boolean;
  #closed = false;

  constructor(out: WriteStream) {
    this.#out = out;
    this.#isLive = out.isTTY && process.env.TERM !== 'dumb';
    out.on('error', () => {
      // The terminal hung up or the pipe was closed. The recording continues without a status line.
      this.#closed = true;
    });
    if (this.#isLive) unblock(out);
  }

  /** Replaces the line. Does nothing without a terminal. */
  show(text: string): void {
    const width = Math.max(1, (this.#out.columns ?? 80) - 1);
    if (this.#isLive) this.#write(`\r\x1b[K${printable(text).slice(0, width)}`);
  }

  /** Prints a message that stays. */
  log(text: string): void {
    this.#write(`${this.#isLive ? '\r\x1b[K' : ''}churntop: ${printable(text)}\n`);
  }

  /** Prints a message only if there is no terminal to show the line. */
  logIfNotLive(text: string): void {
    if (!this.#isLive) this.log(text);
  }

  /** Prints the final line. Does nothing without a terminal. */
  finish(text: string): void {
    if (this.#isLive) this.log(text);
  }

  /** Skips the text while the terminal is stalled. */
  #write(text: string): void {
    if (!this.#closed && !this.#out.writableNeedDrain) this.#out.write(text);
  }
}
