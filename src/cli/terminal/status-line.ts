import type { WriteStream } from 'node:tty';
import { unblock } from './terminal.ts';

export type StatusLine = {
  /** Show this in place of what stood there; nothing where there is no terminal. */
  show(text: string): void;
  /** A sentence that stays. */
  say(text: string): void;
  /** A sentence for where there is no line to read it from. */
  sayWithoutLine(text: string): void;
  /** The line as it shall stay. */
  end(text: string): void;
};

/** One line that changes in place, on a terminal; elsewhere only sentences. A terminal that takes nothing is left alone. */
export const openStatusLine = (out: WriteStream): StatusLine => {
  const live = out.isTTY && process.env.TERM !== 'dumb';
  let gone = false;
  out.on('error', () => {
    // It hung up, or its pipe was closed: nobody reads, and the recording goes on.
    gone = true;
  });
  if (live) unblock(out);
  const write = (text: string) => {
    if (!gone && !out.writableNeedDrain) out.write(text);
  };
  const say = (text: string) => write(live ? `\r\x1b[Kchurntop: ${text}\n` : `churntop: ${text}\n`);
  const cutToWidth = (text: string) => text.slice(0, Math.max(1, (out.columns ?? 80) - 1));
  return {
    show: (text) => {
      if (live) write(`\r\x1b[K${cutToWidth(text)}`);
    },
    say,
    sayWithoutLine: (text) => {
      if (!live) say(text);
    },
    end: (text) => {
      if (live) say(text);
    },
  };
};
