import { nameText } from '../../domain/commands/command-text.ts';
import { formatExitStatus } from '../../domain/events/exit-status.ts';
import type { GroupSummary } from '../../domain/stats/group-summary.ts';
import { cgroupGroupings, groupTitles, type ReportGrouping, unknownKey } from '../../domain/stats/groups.ts';
import type { RestartLoopSummary } from '../../domain/stats/loops/loop-summary.ts';
import { loopKindTexts, loopPeriodText, loopStatusText } from '../../domain/stats/loops/loop-text.ts';
import type { ChurnReport } from '../../domain/stats/report.ts';
import type { Diagnostics } from '../../trace/read/diagnostics.ts';
import { fit, truncate } from '../../ui/text/cells.ts';
import { formatCount, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { formatRfc3339, roundNs } from '../../util/time.ts';
import { type Column, visibleColumns } from './report-columns.ts';
import { groupName, processText, type Report, type ReportMetadata } from './report-model.ts';

export type ReportTextOptions = { groupBy: ReportGrouping | undefined; columns: number };

/** Smallest width of the report, in cells. Longer lines are truncated. */
const minColumns = 80;

/** Maximum number of host names in the first line. Beyond it, their number. */
const maxHostNames = 8;

/** Rounds down, so that only complete coverage is 100%. */
const percent = (part: number): string => `${(Math.floor(part * 1000) / 10).toFixed(1)}%`;

/** Returns ` on web-1`, if the report has several hosts. */
const hostText = ({ host }: { host: string | undefined }, hosts: readonly string[]): string =>
  hosts.length > 1 && host !== undefined ? ` on ${host}` : '';

const ancestorLines = (row: GroupSummary, hosts: readonly string[]): string[] => {
  const ancestors = (row.lineage ?? []).slice(1).map((ancestor) => ` < ${processText(ancestor)}`);
  const text = ancestors.join('') + hostText(row, hosts);
  return text === '' ? [] : [` ${text}`];
};

const tableLines = (
  report: ChurnReport,
  { groupBy, columns, hosts }: { groupBy: ReportGrouping; columns: number; hosts: readonly string[] },
): string[] => {
  const { rows, keys } = report.groups[groupBy];
  if (rows.length === 0) return [];
  const visible = visibleColumns(groupBy, rows, columns);
  const line = (cell: (column: Column) => string) =>
    visible.map((column) => fit(cell(column), column.width, column.align)).join('');
  return [
    '',
    line(({ header }) => header),
    ...rows.flatMap((row) => [
      line(({ cell }) => cell(row)),
      ...(groupBy === 'parent' ? ancestorLines(row, hosts) : []),
    ]),
    ...(keys > rows.length ? [`  and ${groupDigits(keys - rows.length)} more`] : []),
    ...(cgroupGroupings.includes(groupBy) && rows.every(({ key }) => key === unknownKey)
      ? ['  no record has a cgroup (record with --record-cgroups)']
      : []),
  ];
};

const loopLines = (hosts: readonly string[]) => (loop: RestartLoopSummary) => {
  const { comm, lineage, kind, count, ongoing } = loop;
  const parts = [
    `  ${nameText(comm)}  ${groupDigits(count)} times in ${formatDuration(roundNs(loop.durationNs))}`,
    loopKindTexts[kind],
    loopPeriodText(loop),
    loopStatusText(loop),
    ongoing ? 'ongoing' : undefined,
  ];
  const chain = lineage.length > 0 ? lineage.map(processText).join(' < ') : '?';
  return [
    parts.filter((part) => part !== undefined).join(', '),
    `    under ${chain}${hostText(loop, hosts)}`,
  ];
};

const zombieLine = (hosts: readonly string[]) => (row: GroupSummary) =>
  `  ${groupName.parent(row)}${hostText(row, hosts)}  ${groupDigits(row.zombies)} now, ${groupDigits(row.maxZombies)} at most${reapedText(row)}`;

const reapedText = ({ zombieTimes: { count, p50, max } }: GroupSummary): string =>
  count === 0
    ? ''
    : `, ${groupDigits(count)} reaped after ${formatDuration(p50)} (p50), ${formatDuration(max)} at most`;

const failuresText = ({ exitStatuses: { known, failed, failures } }: GroupSummary): string => {
  if (known === 0) return 'none known';
  const codes = failures.map(({ status, count }) => `${formatExitStatus(status)} ×${groupDigits(count)}`);
  const list = codes.length === 0 ? '' : `: ${codes.join(', ')}`;
  return `failed ${groupDigits(failed)} of ${groupDigits(known)} known${list}`;
};

const failingLine = (
  row: GroupSummary,
  { groupBy, hosts }: { groupBy: ReportGrouping; hosts: readonly string[] },
): string => `  ${groupName[groupBy](row)}${hostText(row, hosts)}  ${failuresText(row)}`;

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines] : [];

const coverageLine = ({ coverage }: ChurnReport): string => {
  const { seenShare, missed, gaps: gapsByReason, mode } = coverage;
  const parts = [
    seenShare === undefined
      ? `coverage unknown${mode === 'walk' ? ' (walk mode cannot count missed tasks)' : ''}`
      : `coverage ${percent(seenShare)}, ${groupDigits(missed ?? 0)} missed`,
  ];
  for (const [reason, { gaps, events, totalNs }] of Object.entries(gapsByReason)) {
    if (reason === 'unseen') continue;
    const amount =
      events > 0
        ? formatCount(events, reason === 'queue' ? 'kernel event' : 'record')
        : `${formatCount(gaps, 'time')}, ${formatDuration(totalNs)}`;
    parts.push(`${reason} ${amount}`);
  }
  return parts.join('; ');
};

const headerLines = ({ metadata, stats }: Report): string[] => {
  const { hosts, untilNs, records, filter } = metadata;
  const { total, spanNs } = stats;
  const names = hosts.length > maxHostNames ? formatCount(hosts.length, 'host') : hosts.join(', ');
  const host = names === '' ? 'unknown host' : names;
  const until = untilNs === undefined ? '' : ` until ${formatRfc3339(untilNs).slice(0, 19)}Z`;
  const filterText = filter === '' ? '' : `, filter ${filter}`;
  return [
    `${host}: ${formatDuration(spanNs)} watched${until}, ${formatCount(records, 'record')}${filterText}`,
    `${groupDigits(total.spawns)} spawned (${formatRate(total.meanRate)}/s, peak ${groupDigits(total.peakRate)}), ` +
      `${groupDigits(total.exits)} exited, ${groupDigits(total.alive)} alive` +
      (total.zombies > 0 ? `, ${formatCount(total.zombies, 'zombie')}` : ''),
    ...(total.exits > 0 ? [`exit status: ${failuresText(total)}`] : []),
    ...(total.cpu.childrenNs > 0n
      ? [`CPU time of exited children: ${formatDuration(total.cpu.childrenNs)}`]
      : []),
    coverageLine(stats),
  ];
};

const diagnosticLines = (title: string, { first, count }: Diagnostics): string[] =>
  section(
    `${title}: ${groupDigits(count)}`,
    first.map(({ file, line, message }) => `  ${file}:${line}: ${message}`),
  ).concat(count > first.length ? [`  and ${groupDigits(count - first.length)} more`] : []);

const problemLines = ({ skipped, warnings }: ReportMetadata): string[] => [
  ...(skipped.count > 0 ? diagnosticLines('LINES SKIPPED', skipped) : []),
  ...(warnings.count > 0 ? diagnosticLines('WARNINGS', warnings) : []),
];

/** Returns the report as text that is safe to print and not wider than `columns` (at least 80). */
export const reportText = (report: Report, { groupBy, columns }: ReportTextOptions): string => {
  const { stats, metadata } = report;
  const width = Math.max(minColumns, columns);
  const { hosts } = metadata;
  const tables: readonly ReportGrouping[] = metadata.areHostsCounted
    ? ['host', 'comm', 'parent']
    : ['comm', 'parent'];
  const groups = groupBy === undefined ? tables : [groupBy];
  const lines = [
    ...headerLines(report),
    ...groups.flatMap((group) => tableLines(stats, { groupBy: group, columns: width, hosts })),
    ...groups.flatMap((group) =>
      section(
        `FAILED EXITS BY ${groupTitles[group]}`,
        stats.groups[group].failing.map((row) => failingLine(row, { groupBy: group, hosts })),
      ),
    ),
    ...section('RESTART LOOPS', stats.restartLoops.flatMap(loopLines(hosts))),
    ...section('ZOMBIES BY PARENT', stats.zombies.map(zombieLine(hosts))),
    ...problemLines(metadata),
  ];
  return lines.map((line) => `${truncate(printable(line), width).trimEnd()}\n`).join('');
};
