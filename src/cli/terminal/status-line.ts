import type { WriteStream } from 'node:tty';
import { unblock } from './terminal.ts';

/** A line that is updated in place on a terminal. Without a terminal, only messages are printed. */
export type StatusLine = {
  /** Replaces the line. Does nothing without a terminal. */
  show(text: string): void;
  /** Prints a message that stays. */
  log(text: string): void;
  /** Prints a message only if there is no terminal to show the line. */
  logIfNotLive(text: string): void;
  /** Prints the final line. Does nothing without a terminal. */
  finish(text: string): void;
};

/** Opens a status line. It skips updates while the terminal is stalled. */
export const openStatusLine = (out: WriteStream): StatusLine => {
  const live = out.isTTY && process.env.TERM !== 'dumb';
  let closed = false;
  out.on('error', () => {
    // The terminal hung up or the pipe was closed. The recording continues without a status line.
    closed = true;
  });
  if (live) unblock(out);
  const write = (text: string) => {
    if (!closed && !out.writableNeedDrain) out.write(text);
  };
  const log = (text: string) => write(live ? `\r\x1b[Kchurntop: ${text}\n` : `churntop: ${text}\n`);
  const truncateToWidth = (text: string) => text.slice(0, Math.max(1, (out.columns ?? 80) - 1));
  return {
    show: (text) => {
      if (live) write(`\r\x1b[K${truncateToWidth(text)}`);
    },
    log,
    logIfNotLive: (text) => {
      if (!live) log(text);
    },
    finish: (text) => {
      if (live) log(text);
    },
  };
};
