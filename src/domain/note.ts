import type { NoteRecord } from './event.ts';

/** Characters (UTF-16 units) that a note holds; the rest is cut off. */
export const noteLimit = 500;

const half = /[\ud800-\udbff]$/;

/** As much of a text as a note holds, no character split. */
export const fitted = (text: string): string =>
  text.length <= noteLimit ? text : text.slice(0, noteLimit).replace(half, '');

/** One line of text for log and trace; undefined where nothing is said. */
export const noteOf = (text: string, monotonic_ns: bigint): NoteRecord | undefined => {
  const said = fitted(text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim());
  return said === '' ? undefined : { probe_source: 'trace.note', text: said, monotonic_ns };
};
