import { headerStart } from '../../trace/format/header-line.ts';

/** Maximum length of a greeting, in bytes. */
export const maxGreetingBytes = 1 << 16;

/** Separates the greeting that some shells print from the trace that follows it. */
export class TraceStart {
  #greeting = Buffer.alloc(0);
  #isFound = false;

  /** Whether the trace has begun. */
  get isFound(): boolean {
    return this.#isFound;
  }

  /** Whether a trace is no longer expected, because the greeting is too long. */
  get isTooLong(): boolean {
    return !this.#isFound && this.#greeting.length > maxGreetingBytes;
  }

  /** What was printed before the trace. */
  get greeting(): string {
    return this.#greeting.toString('utf8');
  }

  /** Returns the part of a chunk that belongs to the trace; undefined before it begins. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    if (this.#isFound) return chunk;
    if (this.isTooLong) return undefined;
    const bytes = Buffer.concat([this.#greeting, chunk]);
    const at = bytes.indexOf(headerStart);
    this.#isFound = at >= 0;
    this.#greeting = at < 0 ? bytes : bytes.subarray(0, at);
    return at < 0 ? undefined : bytes.subarray(at);
  }
}
