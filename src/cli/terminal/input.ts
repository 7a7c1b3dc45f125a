import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import type { Action } from '../../store/actions/action.ts';
import type { Size } from '../../store/actions/geometry.ts';
import { withFunctionKey } from './function-keys.ts';
import { type InputPart, readInputPart } from './input-sequences.ts';
import { mouseAction } from './mouse-input.ts';

/** Time that input waits for more if it may be a key or the start of a report, ms. It delays Esc. */
const keyHoldMs = 200;
/** Time in which the rest of a report is recognized after its start was passed on as a key, ms. */
const lateRestMs = 1000;
/** Time that a report or a paste waits for its rest, ms. Slow connections split them. */
const reportHoldMs = 5000;
/** Esc and a key are one key with Alt if they arrive within this time, ms. */
const altMs = 20;
/** The rest of a longer paste is dropped. */
const maxPasteBytes = 65_536;

const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';
/** The Escape key, encoded so that Ink does not read it and the next key as Alt and that key. */
const escapeKey = '\x1b[27u';

export type InputReaderOptions = {
  /** Receives the input for Ink: keys and whole pastes, one character per byte. */
  onKeys: (bytes: string) => void;
  onAction: (action: Action) => void;
  size: () => Size;
  nowMs?: () => number;
};

/**
 * Splits the input of a terminal into keys, pastes, mouse actions and answers of the terminal, which are dropped. Each can
 * arrive in pieces.
 */
export class InputReader {
  readonly #options: InputReaderOptions;
  readonly #nowMs: () => number;
  /** The start of a part whose rest has not arrived yet. */
  #pending = '';
  /** Time at which it arrived, ms. */
  #pendingMs = 0;
  /** Number of its bytes that were already passed on as keys. */
  #passedOn = 0;
  /** The text of the paste that is arriving. */
  #paste: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: InputReaderOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** Reads a chunk with one character per byte. */
  read(chunk: string): void {
    clearTimeout(this.#timer);
    const start = this.#pending;
    this.#pending = '';
    if (this.#passedOn > 0) {
      this.#readLate(start, chunk);
    } else if (this.#isEscapeAlone(start, chunk)) {
      this.#options.onKeys(escapeKey);
      this.#readAll(chunk);
    } else this.#readAll(start + chunk);
  }

  /** Passes on the pending start, at the end of the input. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#paste !== undefined) this.#endPaste();
    else this.#passOnPending();
  }

  /** Returns whether Esc was pressed before the keys of this chunk. */
  #isEscapeAlone(start: string, chunk: string): boolean {
    if (start !== '\x1b' || this.#paste !== undefined) return false;
    return this.#nowMs() - this.#pendingMs > altMs && !introducers.includes(chunk[0] as string);
  }

  /** Reads input after a start that was passed on as keys. It may be the rest of a report, or more keys. */
  #readLate(start: string, chunk: string): void {
    const passedOn = this.#passedOn;
    const queued = start.slice(passedOn);
    const part = readInputPart(start + chunk, 0, this.#options.size());
    this.#passedOn = 0;
    if (part.type === 'torn' && part.isKey && queued === '' && chunk.length === 1) {
      this.#passedOn = passedOn;
      this.#hold(part);
      return;
    }
    this.#readAll(isLateRest(part, queued, chunk) ? start + chunk : queued + chunk);
  }

  #readAll(input: string): void {
    let at = 0;
    while (at < input.length) {
      if (this.#paste !== undefined) {
        at = this.#readPaste(input, at);
        continue;
      }
      const part = readInputPart(input, at, this.#options.size());
      if (part.type === 'torn') {
        this.#hold(part);
        return;
      }
      at = part.end;
      this.#handle(part);
    }
  }

  #handle(part: Exclude<InputPart, { type: 'torn' }>): void {
    const { onKeys, onAction } = this.#options;
    if (part.type === 'keys') onKeys(part.text);
    if (part.type === 'escape') onKeys(escapeKey);
    if (part.type === 'paste') {
      this.#paste = '';
      this.#wait(reportHoldMs, () => this.#endPaste());
    }
    if (part.type !== 'mouse') return;
    const action = mouseAction(part.report);
    if (action) onAction(action);
  }

  #hold({ kept, isKey }: Extract<InputPart, { type: 'torn' }>): void {
    this.#pending = kept;
    this.#pendingMs = this.#nowMs();
    if (!isKey) {
      this.#wait(reportHoldMs, () => this.#forgetPending());
      return;
    }
    this.#wait(keyHoldMs, () => {
      this.#passOnPending();
      this.#wait(lateRestMs, () => this.#forgetPending());
    });
  }

  #passOnPending(): void {
    const keys = this.#pending.slice(this.#passedOn);
    this.#passedOn = this.#pending.length;
    if (keys !== '') this.#options.onKeys(keys.startsWith('\x1b') ? `${escapeKey}${keys.slice(1)}` : keys);
  }

  #forgetPending(): void {
    this.#pending = '';
    this.#passedOn = 0;
  }

  /** Reads pasted text. Returns the index after it. */
  #readPaste(input: string, at: number): number {
    const text = input.slice(at);
    const end = endMarker.exec(text);
    const rest = end ? '' : (tornEndMarker.exec(text)?.[0] ?? '');
    const pasted = text.slice(0, end?.index ?? text.length - rest.length);
    this.#paste = `${this.#paste ?? ''}${pasted}`.slice(0, maxPasteBytes);
    this.#pending = rest;
    if (end) this.#endPaste();
    else this.#wait(reportHoldMs, () => this.#endPaste());
    return end ? at + end.index + end[0].length : input.length;
  }

  #endPaste(): void {
    clearTimeout(this.#timer);
    this.#options.onKeys(`${pasteStart}${this.#paste ?? ''}${pasteEnd}`);
    this.#paste = undefined;
    this.#pending = '';
  }

  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }
}

/** The end of a paste, and its start at the end of a chunk. CSI may be a C1 control. */
const endMarker = /(?:\x1b\[|\xc2?\x9b)201~/;
const tornEndMarker = /(?:\x1b\[?|\xc2\x9b?|\x9b)(?:2(?:01?)?)?$/;

/** The characters that may follow Esc in a report. */
const introducers = 'O[P]X^_';

/**
 * Returns whether a chunk is the rest of a sequence whose start was passed on as keys. Typed keys do not arrive in one
 * chunk. `ESC [ [` of the Linux console is excluded, because a `[` that is kept pressed repeats.
 */
const isLateRest = (part: InputPart, queued: string, chunk: string): boolean => {
  const isAtOnce = chunk.length > 1;
  if (part.type === 'keys') return isAtOnce && part.isSequence && !part.text.startsWith('\x1b[[');
  if (part.type === 'torn') return !part.isKey && (isAtOnce || queued !== '');
  return part.type !== 'escape';
};

export type FilterInputOptions = Pick<InputReaderOptions, 'size' | 'onAction'> & {
  /** Called when the terminal hangs up. Without SIGHUP, only its input shows this while nothing is drawn. */
  onHangup: () => void;
  /** Aborts when the screen is closed, so that another one can read the terminal. */
  signal?: AbortSignal;
};

/** Returns the keys of a terminal as a stream for Ink, without mouse reports and answers. */
export const filterInput = (
  terminal: ReadStream,
  { size, onAction, onHangup, signal }: FilterInputOptions,
): ReadStream => {
  const keys = new PassThrough({ encoding: 'utf8' });
  const reader = new InputReader({
    size,
    onAction,
    onKeys: (bytes) => keys.write(Buffer.from(withFunctionKey(bytes), 'latin1')),
  });
  // Positions in mouse reports are bytes, which may be invalid UTF-8.
  terminal.setEncoding('latin1');
  const read = (chunk: unknown) => reader.read(String(chunk));
  terminal.on('data', read);
  signal?.addEventListener('abort', () => terminal.off('data', read));
  terminal.on('end', () => {
    reader.end();
    keys.end();
    onHangup();
  });
  terminal.on('error', onHangup);
  const ttyMethods = {
    isTTY: true,
    setRawMode: (mode: boolean) => {
      terminal.setRawMode(mode);
      return keys;
    },
    ref: () => terminal.ref(),
    unref: () => terminal.unref(),
  };
  return Object.assign(keys, ttyMethods) as unknown as ReadStream;
};
