export type Row = readonly string[];

/** Formats a Markdown table that is aligned in a terminal as well: the first column left, figures right. */
export const table = (head: Row, rows: readonly Row[]): string => {
  const widths = head.map((cell, at) => Math.max(cell.length, 3, ...rows.map((row) => row[at]?.length ?? 0)));
  const pad = (text: string, at: number) =>
    at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!);
  const line = (row: Row) => `| ${row.map(pad).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
};

/** A cell without a value. */
export const empty = '–';

/** Formats a share as a percentage. It is 100 only for a share of exactly 1. */
export const percent = (share: number | undefined): string => {
  if (share === undefined) return empty;
  const text = (share * 100).toFixed(1);
  return text === '100.0' ? (share === 1 ? '100' : '99.9') : text;
};

export const count = (value: number | undefined): string =>
  value === undefined ? empty : Math.round(value).toLocaleString('en-US');

export const milliseconds = (ns: number | undefined): string =>
  ns === undefined ? empty : `${(ns / 1e6).toFixed(2)} ms`;
