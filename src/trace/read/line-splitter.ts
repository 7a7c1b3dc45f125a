/** No more than this of a line is ever held, in bytes. */
export const lineLimit = 1 << 20;

const newline = 0x0a;

export type LineSplitterOptions = {
  /** Whole lines, `\n` between them and none at the end; none of them longer than the limit. */
  onLines: (text: string) => void;
  /** One line that was longer, with its length in bytes. */
  onTooLong: (bytes: number) => void;
  limit?: number;
};

/** Bytes in pieces of any size to whole lines. How they were cut does not matter; what is pushed may be overwritten. */
export class LineSplitter {
  readonly #options: LineSplitterOptions;
  readonly #limit: number;
  #carry = Buffer.alloc(4096);
  #carried = 0;
  /** Bytes so far of the line being skipped; 0 when none is. */
  #skipping = 0;

  constructor(options: LineSplitterOptions) {
    this.#options = options;
    this.#limit = options.limit ?? lineLimit;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < bytes.length) {
      const whole = this.#carried > 0 || this.#skipping > 0 ? 0 : this.#wholeLines(bytes, at);
      if (whole > 0) {
        this.#options.onLines(bytes.toString('utf8', at, at + whole - 1));
        at += whole;
        continue;
      }
      const end = bytes.indexOf(newline, at);
      this.#hold(bytes, at, end < 0 ? bytes.length : end);
      if (end < 0) return;
      this.#close();
      at = end + 1;
    }
  }

  /** The end of input: what stands behind the last newline, undefined if nothing does. */
  end(): string | undefined {
    if (this.#skipping > 0) {
      this.#close();
      return undefined;
    }
    if (this.#carried === 0) return undefined;
    const rest = this.#carry.toString('utf8', 0, this.#carried);
    this.#carried = 0;
    return rest;
  }

  /** How many bytes from `at` on are lines complete with their newlines, no more than a line may have. */
  #wholeLines(bytes: Buffer, at: number): number {
    return bytes.subarray(at, at + this.#limit + 1).lastIndexOf(newline) + 1;
  }

  #hold(bytes: Buffer, from: number, to: number): void {
    const total = this.#carried + to - from;
    if (this.#skipping > 0 || total > this.#limit) {
      this.#skipping += total;
      this.#carried = 0;
      return;
    }
    if (total > this.#carry.length) {
      const wider = Buffer.alloc(Math.max(total, this.#carry.length * 2));
      this.#carry.copy(wider, 0, 0, this.#carried);
      this.#carry = wider;
    }
    bytes.copy(this.#carry, this.#carried, from, to);
    this.#carried = total;
  }

  #close(): void {
    if (this.#skipping > 0) this.#options.onTooLong(this.#skipping);
    else this.#options.onLines(this.#carry.toString('utf8', 0, this.#carried));
    this.#skipping = 0;
    this.#carried = 0;
  }
}
