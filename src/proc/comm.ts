import { Buffer, isUtf8 } from 'node:buffer';

/** TASK_COMM_LEN of the kernel. /proc has longer names for kernel threads; these are truncated too. */
const maxCommBytes = 16;
const newline = 0x0a;

export type Comm = {
  comm: string;
  /** The raw bytes as hex if `comm` does not determine them, so that names that decode alike stay distinct. */
  hex?: string;
};

/** Returns a name as it is stored in records: without `hex` if there is none. */
export const toComm = (comm: string, hex: string | undefined): Comm =>
  hex === undefined ? { comm } : { comm, hex };

/** Returns whether a byte is a continuation byte of a multi-byte UTF-8 sequence. */
const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** Returns how many bytes of valid UTF-8 fit in `limit` without splitting a character. */
const utf8PrefixLength = (bytes: Uint8Array, limit: number): number => {
  if (bytes.length <= limit) return bytes.length;
  let end = limit;
  while (end > 0 && isContinuation(bytes[end])) end--;
  return end;
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, maxCommBytes)).toString('hex');

/**
 * Decodes a process name: without trailing newlines, at most 16 bytes, no character split. The bytes are kept as hex if
 * they end in a newline or are not valid UTF-8. The rest of a longer name, which only kernel threads have, is dropped.
 * The reference walker truncates in the same way, but panics in the middle of a character, and returns an empty name if
 * it is not UTF-8.
 */
export const decodeComm = (bytes: Uint8Array): Comm => {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === newline) end--;
  const name = bytes.subarray(0, end);
  if (isUtf8(name)) {
    const prefix = name.subarray(0, utf8PrefixLength(name, maxCommBytes));
    const comm = Buffer.from(prefix.buffer, prefix.byteOffset, prefix.byteLength).toString('utf8');
    return end === bytes.length ? { comm } : { comm, hex: hexOf(bytes) };
  }
  // Often only the tail is invalid, because the kernel truncates names to 15 bytes and may split a character.
  return { comm: Buffer.from(name.subarray(0, maxCommBytes)).toString('utf8'), hex: hexOf(bytes) };
};
