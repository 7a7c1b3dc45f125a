import type { WriteStream } from 'node:tty';
import { unblock } from './terminal.ts';

export type StatusLine = {
  /** Show this in place of what stood there; nothing where there is no terminal. */
  show(text: string): void;
  /** A sentence that stays. */
  log(text: string): void;
  /** A sentence for where there is no line to read it from. */
  logIfNotLive(text: string): void;
  /** The line as it shall stay. */
  finish(text: string): void;
};

/** One line that changes in place, on a terminal; elsewhere only sentences. A terminal that takes nothing is left alone. */
export const openStatusLine = (out: WriteStream): StatusLine => {
  const live = out.isTTY && process.env.TERM !== 'dumb';
  let closed = false;
  out.on('error', () => {
    // It hung up, or its pipe was closed: nobody reads, and the recording goes on.
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
