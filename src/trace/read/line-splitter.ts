/** Maximum length of a line, in bytes. */
export const maxLineBytes = 1 << 20;

const newline = 0x0a;
const minPartialBytes = 1024;

export type LineSplitterOptions = {
  /** Receives one or more complete lines, separated by `\n`, without a final `\n`. */
  onLines: (text: string) => void;
  /** Receives the length of a line beyond the maximum, in bytes. The line is discarded. */
  onTooLong: (bytes: number) => void;
  maxLineBytes?: number;
};

/** Splits chunks of bytes, of any size, into lines. The caller may overwrite a chunk after `push`. */
export class LineSplitter {
  readonly #options: LineSplitterOptions;
  readonly #maxLineBytes: number;
  /** Allocated when a line is split for the first time, because there may be thousands of inputs. */
  #partialLine = Buffer.alloc(0);
  #partialLength = 0;
  /** Number of bytes so far of the line that is being discarded; 0 if none is. */
  #skippedBytes = 0;

  constructor(options: LineSplitterOptions) {
    this.#options = options;
    this.#maxLineBytes = options.maxLineBytes ?? maxLineBytes;
  }

  /** Whether a line beyond the maximum length is being discarded. */
  get isSkipping(): boolean {
    return this.#skippedBytes > 0;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < bytes.length) {
      const completeBytes =
        this.#partialLength > 0 || this.#skippedBytes > 0 ? 0 : this.#countCompleteBytes(bytes, at);
      if (completeBytes > 0) {
        this.#options.onLines(bytes.toString('utf8', at, at + completeBytes - 1));
        at += completeBytes;
        continue;
      }
      const end = bytes.indexOf(newline, at);
      this.#appendPartial(bytes, at, end < 0 ? bytes.length : end);
      if (end < 0) return;
      this.#endLine();
      at = end + 1;
    }
  }

  /** Ends the input. Returns the text after the last newline, or undefined if there is none. */
  end(): string | undefined {
    if (this.#skippedBytes > 0) {
      this.#endLine();
      return undefined;
    }
    if (this.#partialLength === 0) return undefined;
    const rest = this.#partialLine.toString('utf8', 0, this.#partialLength);
    this.#partialLength = 0;
    return rest;
  }

  /** Returns how many bytes from `at` are complete lines, at most the maximum length of a line. */
  #countCompleteBytes(bytes: Buffer, at: number): number {
    return bytes.subarray(at, at + this.#maxLineBytes + 1).lastIndexOf(newline) + 1;
  }

  #appendPartial(bytes: Buffer, from: number, to: number): void {
    const total = this.#partialLength + to - from;
    if (this.#skippedBytes > 0 || total > this.#maxLineBytes) {
      this.#skippedBytes += total;
      this.#partialLength = 0;
      return;
    }
    if (total > this.#partialLine.length) {
      const wider = Buffer.alloc(Math.max(total, this.#partialLine.length * 2, minPartialBytes));
      this.#partialLine.copy(wider, 0, 0, this.#partialLength);
      this.#partialLine = wider;
    }
    bytes.copy(this.#partialLine, this.#partialLength, from, to);
    this.#partialLength = total;
  }

  #endLine(): void {
    if (this.#skippedBytes > 0) this.#options.onTooLong(this.#skippedBytes);
    else this.#options.onLines(this.#partialLine.toString('utf8', 0, this.#partialLength));
    this.#skippedBytes = 0;
    this.#partialLength = 0;
  }
}
