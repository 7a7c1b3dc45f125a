/** Where bytes go. Each method throws the system's error. */
export type Sink = {
  /** Append what it can, and say how many bytes that was. */
  write(bytes: Uint8Array): number;
  /** Cut back to `size` bytes. */
  cut(size: number): void;
};

export type Written = {
  /** Whole lines that now stand in the file. */
  lines: number;
  /** Its size, counting these and nothing torn. */
  size: number;
  /** What kept it from taking all. */
  error?: unknown;
  /** A torn line could not be cut off; it must be before anything else is written. */
  torn?: true;
};

const newline = 0x0a;

const countLines = (bytes: Uint8Array): number => {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
  return lines;
};

/**
 * Append `bytes`, whole lines, to a sink of `size` bytes. A short write is completed; where that fails, it is cut back
 * to its last newline.
 */
export const writeWhole = (sink: Sink, bytes: Uint8Array, size: number): Written => {
  let done = 0;
  try {
    while (done < bytes.length) done += sink.write(done === 0 ? bytes : bytes.subarray(done));
    return { lines: countLines(bytes), size: size + done };
  } catch (error) {
    const whole = bytes.subarray(0, done).lastIndexOf(newline) + 1;
    const written = { lines: countLines(bytes.subarray(0, whole)), size: size + whole, error };
    if (whole === done) return written;
    try {
      sink.cut(size + whole);
      return written;
    } catch {
      // The first error says what is wrong; the cut is tried again before the next write.
      return { ...written, torn: true };
    }
  }
};

/** Reads up to `length` bytes from `position`. */
export type ReadAt = (position: number, length: number) => Uint8Array;

const pieceLength = 1 << 16;

/** The size of a file up to and with its last newline, found from behind. */
export const wholeSize = (readAt: ReadAt, size: number): number => {
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - pieceLength);
    const at = readAt(start, end - start).lastIndexOf(newline);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
};
