import { processName } from '../../domain/stats/group-stats.ts';
import type { ChurnRow } from '../../domain/stats/group-summary.ts';
import { type Grouping, otherKey } from '../../domain/stats/groups.ts';
import type { ChurnReport, LoopRow } from '../../domain/stats/report.ts';
import type { LoopKind } from '../../domain/stats/restart-loops.ts';
import type { Remarks } from '../../trace/read/reader.ts';
import { cut, inCells, sparkline } from '../../ui/text/cells.ts';
import { counted, grouped, shortDuration, shortRate } from '../../util/format.ts';
import { printable } from '../../util/text.ts';
import { rfc3339 } from '../../util/time.ts';
import type { Report, ReportOf } from './report-model.ts';
export type TextOptions = { by: Grouping | undefined; columns: number };

/** Narrower is not served; what a name or a chain has more than the line is cut. */
const narrowest = 80;

const percent = (part: number): string => `${(Math.floor(part * 1000) / 10).toFixed(1)}%`;

type Column = {
  head: string;
  width: number;
  align: 'left' | 'right';
  /** Lines of fewer columns do without it. */
  from?: number;
  cell: (row: ChurnRow) => string;
};

const right = (head: string, width: number, cell: (row: ChurnRow) => string): Column => ({
  head,
  width,
  align: 'right',
  cell,
});

const numbers: readonly Column[] = [
  right('SPAWNS', 8, ({ spawns }) => grouped(spawns)),
  right('/S', 6, ({ meanRate }) => shortRate(meanRate)),
  right('PEAK', 6, ({ peak }) => grouped(peak)),
  right('ALIVE', 6, ({ alive }) => grouped(alive)),
  right('P50', 7, ({ lifetimes }) => shortDuration(lifetimes.p50)),
  right('P95', 7, ({ lifetimes }) => shortDuration(lifetimes.p95)),
  right('MAX', 7, ({ lifetimes }) => shortDuration(lifetimes.max)),
];

const histogram: Column = {
  head: '1ms LIVED 1m',
  width: 12,
  align: 'left',
  cell: ({ lifetimes }) => sparkline(lifetimes.histogram, lifetimes.histogram.length),
};

const mostly = (head: string): Column => ({
  head,
  width: 22,
  align: 'left',
  from: 104,
  cell: ({ mostly: most, spawns }) =>
    most && spawns > 0 ? `${most.name} ${Math.min(100, Math.round((most.count / spawns) * 100))}%` : '',
});

const nameOf: Readonly<Record<Grouping, (row: ChurnRow) => string>> = {
  comm: ({ key }) => key,
  parent: ({ key, lineage }) => (lineage?.[0] ? processName(lineage[0]) : key === otherKey ? key : '?'),
  user: ({ key }) => (/^\d+$/.test(key) ? `uid ${key}` : key),
};

const titles: Readonly<Record<Grouping, string>> = {
  comm: 'COMM',
  parent: 'PARENT',
  user: 'USER',
};

const columnsOf = (by: Grouping, columns: number): Column[] =>
  [
    { head: titles[by], width: by === 'parent' ? 18 : 17, align: 'left' as const, cell: nameOf[by] },
    ...numbers,
    { head: '', width: 1, align: 'left' as const, cell: () => '' },
    histogram,
    { head: '', width: 1, align: 'left' as const, from: 104, cell: () => '' },
    mostly(by === 'comm' ? 'MAIN PARENT' : 'MOSTLY'),
  ].filter(({ from = 0 }: Column) => from <= columns);

const chainOf = ({ lineage = [] }: ChurnRow): string[] =>
  lineage.length > 1 ? [`  < ${lineage.slice(1).map(processName).join(' < ')}`] : [];

const table = (report: ChurnReport, by: Grouping, columns: number): string[] => {
  const { rows, keys } = report.groups[by];
  if (rows.length === 0) return [];
  const shown = columnsOf(by, columns);
  const line = (cell: (column: Column) => string) =>
    shown.map((column) => inCells(cell(column), column.width, column.align)).join('');
  return [
    '',
    line(({ head }) => head),
    ...rows.flatMap((row) => [line(({ cell }) => cell(row)), ...(by === 'parent' ? chainOf(row) : [])]),
    ...(keys > rows.length ? [`  and ${grouped(keys - rows.length)} more`] : []),
  ];
};

const rhythms: Readonly<Record<LoopKind, string>> = {
  steady: 'every',
  prompt: 'at once, every',
  'backing off': 'backing off, on average every',
};

const loopLine = ({ comm, lineage, kind, count, periodNs, goesOn }: LoopRow): string => {
  const every = `${rhythms[kind]} ${shortDuration(BigInt(Math.round(periodNs)))}`;
  const chain = lineage.length > 0 ? lineage.map(processName).join(' < ') : '?';
  return `  ${comm}  ${grouped(count)} times, ${every}${goesOn ? ', still' : ''}, under ${chain}`;
};

const zombieLine = (row: ChurnRow): string =>
  `  ${nameOf.parent(row)}  ${grouped(row.zombies)} now, ${grouped(row.mostZombies)} at most`;

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines] : [];

const coverageLine = ({ coverage }: ChurnReport): string => {
  const { seen, unseen, losses, mode } = coverage;
  const parts = [
    seen === undefined
      ? `coverage unknown${mode === 'walk' ? ' (walk mode cannot count what it misses)' : ''}`
      : `coverage ${percent(seen)}, ${grouped(unseen ?? 0)} unseen`,
  ];
  for (const [reason, { gaps, events, ns }] of Object.entries(losses)) {
    if (reason === 'unseen') continue;
    const what = events > 0 ? counted(events, 'record') : `${counted(gaps, 'time')}, ${shortDuration(ns)}`;
    parts.push(`${reason} ${what}`);
  }
  return parts.join('; ');
};

const headLines = ({ of, churn }: Report): string[] => {
  const { total, spanNs } = churn;
  const from = of.hosts.length > 0 ? of.hosts.join(', ') : 'unknown host';
  const until = of.untilNs === undefined ? '' : ` until ${rfc3339(of.untilNs).slice(0, 19)}Z`;
  const filter = of.filter === '' ? '' : `, filter ${of.filter}`;
  return [
    `${from}: ${shortDuration(spanNs)} watched${until}, ${counted(of.records, 'record')}${filter}`,
    `${grouped(total.spawns)} spawned (${shortRate(total.meanRate)}/s, peak ${grouped(total.peak)}), ` +
      `${grouped(total.exits)} exited, ${grouped(total.alive)} alive` +
      (total.zombies > 0 ? `, ${counted(total.zombies, 'zombie')}` : ''),
    coverageLine(churn),
  ];
};

const remarkLines = (what: string, { first, count }: Remarks): string[] =>
  section(
    `${what}: ${grouped(count)}`,
    first.map(({ file, line, why }) => `  ${file}:${line}: ${why}`),
  ).concat(count > first.length ? [`  and ${grouped(count - first.length)} more`] : []);

const troubleLines = ({ skipped, notes }: ReportOf): string[] => [
  ...(skipped.count > 0 ? remarkLines('LINES SKIPPED', skipped) : []),
  ...(notes.count > 0 ? remarkLines('NOTES', notes) : []),
];

/** The report for people, every line inert on a terminal and no wider than it. */
export const reportText = (report: Report, { by, columns }: TextOptions): string => {
  const { churn, of } = report;
  const width = Math.max(narrowest, columns);
  const groups: readonly Grouping[] = by === undefined ? ['comm', 'parent'] : [by];
  const lines = [
    ...headLines(report),
    ...groups.flatMap((group) => table(churn, group, width)),
    ...section('RESTART LOOPS', churn.loops.map(loopLine)),
    ...section('ZOMBIES BY PARENT', churn.zombies.map(zombieLine)),
    ...troubleLines(of),
  ];
  return lines.map((line) => `${cut(printable(line), width).trimEnd()}\n`).join('');
};
