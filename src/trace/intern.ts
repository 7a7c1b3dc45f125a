const slots = 4096;
const held = new Array<string | undefined>(slots);

/** A comm has 16 bytes; what is longer is no name that comes again and again. */
const longest = 32;

/** A string of its own: a slice would keep the whole text that it was cut from in memory. */
const detached = (slice: string): string => {
  const narrow = Buffer.from(slice, 'latin1').toString('latin1');
  return narrow === slice ? narrow : Buffer.from(slice, 'utf16le').toString('utf16le');
};

export const standsAt = (text: string, at: number, words: string): boolean => {
  for (let index = 0; index < words.length; index++) {
    if (text.charCodeAt(at + index) !== words.charCodeAt(index)) return false;
  }
  return true;
};

/**
 * The part of a text between two positions, the same string each time it is met: names recur, and what stands in a map
 * by them is found by its remembered hash. A fixed number of places; the newer name takes the older one's.
 */
export const internAt = (text: string, from: number, to: number): string => {
  if (to - from > longest) return detached(text.slice(from, to));
  let hash = to - from;
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  const slot = (hash ^ (hash >>> 12)) & (slots - 1);
  const found = held[slot];
  if (found !== undefined && found.length === to - from && standsAt(text, from, found)) return found;
  const fresh = detached(text.slice(from, to));
  held[slot] = fresh;
  return fresh;
};
