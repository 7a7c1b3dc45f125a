/** The start of the line of a header. */
export const headerStart = Buffer.from('{"probe_source":"trace.header"');

/** Returns whether a header begins at an offset. Allocates nothing, because it is called for each line. */
export const isHeaderAt = (bytes: Uint8Array, offset = 0): boolean => {
  for (let index = 0; index < headerStart.length; index++)
    if (bytes[offset + index] !== headerStart[index]) return false;
  return true;
};

/** Maximum length of a header that is kept or searched as bytes. */
export const maxHeaderBytes = 1 << 14;

/** Returns a copy of the header line with which bytes begin. Undefined without one, or if it is longer than 16 KiB. */
export const copyHeaderLine = (bytes: Uint8Array): Uint8Array | undefined => {
  const end = isHeaderAt(bytes) ? bytes.subarray(0, maxHeaderBytes).indexOf(0x0a) + 1 : 0;
  return end === 0 ? undefined : new Uint8Array(bytes.subarray(0, end));
};
