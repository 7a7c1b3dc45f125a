import { readFileSync, writeFileSync } from 'node:fs';

const openMarker = '<!-- bench:capture -->';
const closeMarker = '<!-- /bench:capture -->';

/** Replaces the text between the markers. @throws Error when there are none */
export const replaceBetweenMarkers = (text: string, report: string): string => {
  const from = text.indexOf(openMarker);
  const to = text.indexOf(closeMarker);
  if (from < 0 || to < from) throw new Error(`no ${openMarker} … ${closeMarker} to write between`);
  return `${text.slice(0, from + openMarker.length)}\n\n${report}\n\n${text.slice(to)}`;
};

export const writeDocument = (path: string, report: string): void =>
  writeFileSync(path, replaceBetweenMarkers(readFileSync(path, 'utf8'), report));
