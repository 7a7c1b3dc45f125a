/** The start of the line of a header. */
export const headerStart = Buffer.from('{"probe_source":"trace.header"');

/** Returns whether a header begins at an offset. Allocates nothing, because it is called for each line. */
export const isHeaderAt = (bytes: Uint8Array, offset = 0): boolean => {
  for (let index = 0; index < headerStart.length; index++)
    if (bytes[offset + index] !== headerStart[index]) return false;
  return true;
};
