import { readFileSync, writeFileSync } from 'node:fs';

/** Replaces the text between the markers of a benchmark. @throws Error when there are none */
export const replaceBetweenMarkers = (text: string, report: string, name = 'capture'): string => {
  const openMarker = `<!-- bench:${name} -->`;
  const closeMarker = `<!-- /bench:${name} -->`;
  const from = text.indexOf(openMarker);
  const to = text.indexOf(closeMarker);
  if (from < 0 || to < from) throw new Error(`no ${openMarker} … ${closeMarker} to write between`);
  return `${text.slice(0, from + openMarker.length)}\n\n${report}\n\n${text.slice(to)}`;
};

export const writeDocument = (path: string, report: string, name?: string): void =>
  writeFileSync(path, replaceBetweenMarkers(readFileSync(path, 'utf8'), report, name));
