import { readFileSync, writeFileSync } from 'node:fs';

const open = '<!-- bench:capture -->';
const close = '<!-- /bench:capture -->';

/** The text with everything between the markers replaced. */
export const between = (text: string, report: string): string => {
  const from = text.indexOf(open);
  const to = text.indexOf(close);
  if (from < 0 || to < from) throw new Error(`no ${open} … ${close} to write between`);
  return `${text.slice(0, from + open.length)}\n\n${report}\n\n${text.slice(to)}`;
};

export const writeDocument = (path: string, report: string): void =>
  writeFileSync(path, between(readFileSync(path, 'utf8'), report));
