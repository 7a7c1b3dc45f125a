import { Buffer, isUtf8 } from 'node:buffer';

/** The kernel's TASK_COMM_LEN; kernel threads have longer names in /proc and are cut to it all the same. */
const maxCommBytes = 16;
const newline = 0x0a;

export type Comm = {
  comm: string;
  /** The bytes as hex when they are not valid UTF-8, so that names that read alike stay distinct. */
  hex?: string;
};

/** True for the second and later bytes of a multi-byte UTF-8 sequence. */
const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** How many bytes of a valid UTF-8 text fit in `limit` without splitting a character. */
const utf8PrefixLength = (bytes: Uint8Array, limit: number): number => {
  if (bytes.length <= limit) return bytes.length;
  let end = limit;
  while (end > 0 && isContinuation(bytes[end])) end--;
  return end;
};

/**
 * A process name from the kernel's bytes: trailing newlines off, at most 16 bytes, never half a character.
 * The reference walker cuts the same way, but panics inside a character and empties a name that is not UTF-8.
 */
export const decodeComm = (bytes: Uint8Array): Comm => {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === newline) end--;
  const name = bytes.subarray(0, end);
  if (isUtf8(name)) {
    const cut = name.subarray(0, utf8PrefixLength(name, maxCommBytes));
    return { comm: Buffer.from(cut.buffer, cut.byteOffset, cut.byteLength).toString('utf8') };
  }
  const cut = Buffer.from(name.subarray(0, maxCommBytes));
  // The kernel itself cuts a name at 15 bytes and may leave half a character: then only the tail is invalid.
  return { comm: cut.toString('utf8'), hex: cut.toString('hex') };
};
