let segmenter: Intl.Segmenter | undefined;

/** Splits a text into user-perceived characters. Creates the segmenter at the first call, because that takes 12 ms. */
export const splitGraphemes = (text: string): Iterable<Intl.SegmentData> => {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
};

const unpairedHighSurrogate = /[\ud800-\udbff]$/;

/** Truncates a text to `maxLength` UTF-16 units without splitting a surrogate pair. */
export const truncateText = (text: string, maxLength: number): string =>
  text.length <= maxLength ? text : text.slice(0, maxLength).replace(unpairedHighSurrogate, '');
