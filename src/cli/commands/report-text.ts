import { formatProcessName } from '../../domain/stats/group-stats.ts';
import type { GroupSummary } from '../../domain/stats/group-summary.ts';
import { type Grouping, otherKey } from '../../domain/stats/groups.ts';
import type { ChurnReport, RestartLoopSummary } from '../../domain/stats/report.ts';
import type { LoopKind } from '../../domain/stats/restart-loops.ts';
import type { Diagnostics } from '../../trace/read/reader.ts';
import { fit, sparkline, truncate } from '../../ui/text/cells.ts';
import { formatCount, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/text.ts';
import { formatRfc3339 } from '../../util/time.ts';
import type { Report, ReportMetadata } from './report-model.ts';
export type ReportTextOptions = { groupBy: Grouping | undefined; columns: number };

/** Narrower is not served; what a name or a chain has more than the line is cut. */
const minColumns = 80;

const percent = (part: number): string => `${(Math.floor(part * 1000) / 10).toFixed(1)}%`;

type Column = {
  header: string;
  width: number;
  align: 'left' | 'right';
  /** Lines of fewer columns do without it. */
  minColumns?: number;
  cell: (row: GroupSummary) => string;
};

const rightAligned = (header: string, width: number, cell: (row: GroupSummary) => string): Column => ({
  header,
  width,
  align: 'right',
  cell,
});

const numericColumns: readonly Column[] = [
  rightAligned('SPAWNS', 8, ({ spawns }) => groupDigits(spawns)),
  rightAligned('/S', 6, ({ meanRate }) => formatRate(meanRate)),
  rightAligned('PEAK', 6, ({ peakRate }) => groupDigits(peakRate)),
  rightAligned('ALIVE', 6, ({ alive }) => groupDigits(alive)),
  rightAligned('P50', 7, ({ lifetimes }) => formatDuration(lifetimes.p50)),
  rightAligned('P95', 7, ({ lifetimes }) => formatDuration(lifetimes.p95)),
  rightAligned('MAX', 7, ({ lifetimes }) => formatDuration(lifetimes.max)),
];

const histogram: Column = {
  header: '1ms LIVED 1m',
  width: 12,
  align: 'left',
  cell: ({ lifetimes }) => sparkline(lifetimes.histogram, lifetimes.histogram.length),
};

const topNameColumn = (header: string): Column => ({
  header,
  width: 22,
  align: 'left',
  minColumns: 104,
  cell: ({ topName: most, spawns }) =>
    most && spawns > 0 ? `${most.name} ${Math.min(100, Math.round((most.count / spawns) * 100))}%` : '',
});

const groupName: Readonly<Record<Grouping, (row: GroupSummary) => string>> = {
  comm: ({ key }) => key,
  parent: ({ key, lineage }) => (lineage?.[0] ? formatProcessName(lineage[0]) : key === otherKey ? key : '?'),
  user: ({ key }) => (/^\d+$/.test(key) ? `uid ${key}` : key),
};

const titles: Readonly<Record<Grouping, string>> = {
  comm: 'COMM',
  parent: 'PARENT',
  user: 'USER',
};

const visibleColumns = (by: Grouping, columns: number): Column[] =>
  [
    { header: titles[by], width: by === 'parent' ? 18 : 17, align: 'left' as const, cell: groupName[by] },
    ...numericColumns,
    { header: '', width: 1, align: 'left' as const, cell: () => '' },
    histogram,
    { header: '', width: 1, align: 'left' as const, minColumns: 104, cell: () => '' },
    topNameColumn(by === 'comm' ? 'MAIN PARENT' : 'MOSTLY'),
  ].filter(({ minColumns = 0 }: Column) => minColumns <= columns);

const ancestorLines = ({ lineage = [] }: GroupSummary): string[] =>
  lineage.length > 1 ? [`  < ${lineage.slice(1).map(formatProcessName).join(' < ')}`] : [];

const tableLines = (report: ChurnReport, by: Grouping, columns: number): string[] => {
  const { rows, keys } = report.groups[by];
  if (rows.length === 0) return [];
  const shown = visibleColumns(by, columns);
  const line = (cell: (column: Column) => string) =>
    shown.map((column) => fit(cell(column), column.width, column.align)).join('');
  return [
    '',
    line(({ header }) => header),
    ...rows.flatMap((row) => [line(({ cell }) => cell(row)), ...(by === 'parent' ? ancestorLines(row) : [])]),
    ...(keys > rows.length ? [`  and ${groupDigits(keys - rows.length)} more`] : []),
  ];
};

const periodTexts: Readonly<Record<LoopKind, string>> = {
  steady: 'every',
  prompt: 'at once, every',
  'backing off': 'backing off, on average every',
};

const loopLine = ({ comm, lineage, kind, count, periodNs, ongoing }: RestartLoopSummary): string => {
  const every = `${periodTexts[kind]} ${formatDuration(BigInt(Math.round(periodNs)))}`;
  const chain = lineage.length > 0 ? lineage.map(formatProcessName).join(' < ') : '?';
  return `  ${comm}  ${groupDigits(count)} times, ${every}${ongoing ? ', still' : ''}, under ${chain}`;
};

const zombieLine = (row: GroupSummary): string =>
  `  ${groupName.parent(row)}  ${groupDigits(row.zombies)} now, ${groupDigits(row.maxZombies)} at most`;

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines] : [];

const coverageLine = ({ coverage }: ChurnReport): string => {
  const { seenShare, missed, gaps: losses, mode } = coverage;
  const parts = [
    seenShare === undefined
      ? `coverage unknown${mode === 'walk' ? ' (walk mode cannot count what it misses)' : ''}`
      : `coverage ${percent(seenShare)}, ${groupDigits(missed ?? 0)} unseen`,
  ];
  for (const [reason, { gaps, events, totalNs }] of Object.entries(losses)) {
    if (reason === 'unseen') continue;
    const what =
      events > 0 ? formatCount(events, 'record') : `${formatCount(gaps, 'time')}, ${formatDuration(totalNs)}`;
    parts.push(`${reason} ${what}`);
  }
  return parts.join('; ');
};

const headerLines = ({ of, churn }: Report): string[] => {
  const { total, spanNs } = churn;
  const from = of.hosts.length > 0 ? of.hosts.join(', ') : 'unknown host';
  const until = of.untilNs === undefined ? '' : ` until ${formatRfc3339(of.untilNs).slice(0, 19)}Z`;
  const filter = of.filter === '' ? '' : `, filter ${of.filter}`;
  return [
    `${from}: ${formatDuration(spanNs)} watched${until}, ${formatCount(of.records, 'record')}${filter}`,
    `${groupDigits(total.spawns)} spawned (${formatRate(total.meanRate)}/s, peak ${groupDigits(total.peakRate)}), ` +
      `${groupDigits(total.exits)} exited, ${groupDigits(total.alive)} alive` +
      (total.zombies > 0 ? `, ${formatCount(total.zombies, 'zombie')}` : ''),
    coverageLine(churn),
  ];
};

const diagnosticLines = (what: string, { first, count }: Diagnostics): string[] =>
  section(
    `${what}: ${groupDigits(count)}`,
    first.map(({ file, line, message }) => `  ${file}:${line}: ${message}`),
  ).concat(count > first.length ? [`  and ${groupDigits(count - first.length)} more`] : []);

const problemLines = ({ skipped, notes }: ReportMetadata): string[] => [
  ...(skipped.count > 0 ? diagnosticLines('LINES SKIPPED', skipped) : []),
  ...(notes.count > 0 ? diagnosticLines('NOTES', notes) : []),
];

/** The report for people, every line inert on a terminal and no wider than it. */
export const reportText = (report: Report, { groupBy, columns }: ReportTextOptions): string => {
  const { churn, of } = report;
  const width = Math.max(minColumns, columns);
  const groups: readonly Grouping[] = groupBy === undefined ? ['comm', 'parent'] : [groupBy];
  const lines = [
    ...headerLines(report),
    ...groups.flatMap((group) => tableLines(churn, group, width)),
    ...section('RESTART LOOPS', churn.restartLoops.map(loopLine)),
    ...section('ZOMBIES BY PARENT', churn.zombies.map(zombieLine)),
    ...problemLines(of),
  ];
  return lines.map((line) => `${truncate(printable(line), width).trimEnd()}\n`).join('');
};
