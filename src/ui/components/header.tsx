import { currentAlert } from '../../domain/alerts/current-alert.ts';
import { isLastingZombie } from '../../domain/processes/process-table.ts';
import type { RateCounter } from '../../domain/processes/rate-counter.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { isFleetWide } from '../../store/state/state.ts';
import { formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { fit, joinEnds, sparkline, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { fleetAlertLine, fleetRatesLine, guestStatusText } from './fleet-header.ts';
import { identityLine } from './identity-line.ts';
import { Rows } from './row.tsx';
import { samplerLine, seenText } from './sampler-line.ts';
import { ScrubBar } from './scrub-bar.tsx';
import { shortLivedCpuText } from './short-lived-cpu.ts';

/** The header: host, views and state; rates of the last minute; the newest alert; a problem or the scrub bar. */
export const Header = ({ snapshot }: { snapshot: Snapshot }) => {
  const theme = useTheme();
  const { replay, ended, view } = snapshot;
  const { columns } = view.size;
  const isWide = isFleetWide(view);
  const lines = [identityLine(snapshot, theme), (isWide ? fleetRatesLine : ratesLine)(snapshot, theme)];
  const alert = (isWide ? fleetAlertLine : alertLine)(snapshot, theme);
  if (alert !== undefined) lines.push(alert);
  if (view.hasStatusRow && (!replay || ended)) lines.push(statusLine(snapshot, theme));
  return (
    <>
      <Rows lines={lines} rows={lines.length} />
      {replay && !ended ? <ScrubBar replay={replay} columns={columns} /> : null}
    </>
  );
};

/** Smallest width of a chart in the header, in cells. */
const minChartColumns = 6;
const maxChartColumns = 60;

/** A rate with a chart of the last minute, or the failures, which have none. */
type RatePart = { text: string; role: 'spawn' | 'exit'; chart: readonly number[] | undefined };

/** One way to fill the line: rates at the left, and other counts at the right. */
type RatesForm = { parts: readonly RatePart[]; right: string };

/** Returns spawns and exits per second, failures, live processes, and the share of the spawns that was seen. */
const ratesLine = (snapshot: Snapshot, theme: Theme): string => {
  const { columns } = snapshot.view.size;
  const rates = rateParts(snapshot, theme);
  const forms = ratesForms(rates, countTexts(snapshot, theme));
  // Next to the failures, a chart of the spawns is more important than the rate of exits.
  const form = forms.slice(0, 2).find((each) => widthOfForm(each) + minChartColumns + 2 <= columns) ??
    forms.find((each) => widthOfForm(each) <= columns) ?? { parts: [rates.spawn, rates.exit], right: '' };
  return joinEnds(textsWithCharts(form, columns, theme).join('  '), form.right, columns);
};

type RateParts = Readonly<Record<'spawn' | 'exit' | 'failed', RatePart>>;

const rateParts = (snapshot: Snapshot, { paint }: Theme): RateParts => {
  const { spawns, exits } = snapshot.system;
  const rate = (role: 'spawn' | 'exit', mark: string, counter: RateCounter): RatePart => ({
    text: `${paint(role, mark)} ${paint('label', role)} ${formatRate(counter.perSecond()).padStart(5)}/s`,
    role,
    chart: counter.history().slice(0, -1),
  });
  const failures = failedText(snapshot, failuresPerMinute(snapshot), paint);
  return {
    spawn: rate('spawn', '+', spawns),
    exit: rate('exit', '-', exits),
    failed: { text: failures, role: 'exit', chart: undefined },
  };
};

/** Returns the counts at the right, longest first. */
const countTexts = (snapshot: Snapshot, theme: Theme): string[] => {
  const { paint } = theme;
  const { system, status } = snapshot;
  const { table } = system;
  const zombieRole = hasLastingZombie(system) ? 'zombie' : 'value';
  const cpu = shortLivedCpuText(snapshot, { failures: failuresPerMinute(snapshot), theme });
  const counts = `${paint('label', 'alive')} ${groupDigits(table.size)}  ${paint('label', 'zombies')} ${
    table.zombies > 0 ? paint(zombieRole, groupDigits(table.zombies)) : '0'
  }`;
  const seen = status && system.nowNs > 0n ? `  ${paint('label', 'seen')} ${seenText(status)}` : '';
  return [cpu + counts + seen, cpu + counts, counts];
};

/** Returns the forms, best first. On a narrow screen, failures are more important than the rate of exits. */
const ratesForms = ({ spawn, exit, failed }: RateParts, counts: readonly string[]): RatesForm[] =>
  counts.flatMap((right) =>
    [[spawn, exit, failed], [spawn, failed], [spawn, exit], [spawn]].map((parts) => ({ parts, right })),
  );

const widthOfForm = ({ parts, right }: RatesForm): number =>
  parts.reduce((sum, { text }) => sum + widthOf(text) + 2, widthOf(right) + 1);

/** Returns the texts of the rates, with charts in the remaining space. */
const textsWithCharts = (form: RatesForm, columns: number, { paint }: Theme): string[] => {
  const spare = Math.max(0, columns - widthOfForm(form) - 2);
  // If there is no space for two charts, there is one of the spawns.
  const wanted = form.parts.filter(({ chart }) => chart).length;
  const chartCount = Math.floor(spare / wanted) < minChartColumns ? 1 : wanted;
  const cells = Math.min(maxChartColumns, Math.floor(spare / chartCount));
  return form.parts.map(({ text, role, chart }, index) =>
    !chart || cells < minChartColumns || index >= chartCount
      ? text
      : `${text}${paint(role, ` ${sparkline(chart, cells)}`)}`,
  );
};

const hasLastingZombie = ({ table, nowNs }: SystemState): boolean => {
  if (table.zombies === 0) return false;
  for (const process of table.live()) if (isLastingZombie(process, nowNs)) return true;
  return false;
};

const failuresPerMinute = ({ churn: { unfiltered } }: Snapshot): number =>
  unfiltered.all.exitCounts.failuresPerMinute(unfiltered.second);

/** Returns the failures of the last minute; `?` if processes exited and no exit status is known. */
const failedText = ({ churn: { unfiltered } }: Snapshot, count: number, paint: Theme['paint']): string => {
  const { exits, exitCounts } = unfiltered.all;
  const text = exits > 0 && exitCounts.known === 0 ? '?' : `${groupDigits(count)}/min`;
  return `${paint('label', 'failed')} ${paint(count > 0 ? 'failure' : 'value', text)}`;
};

/** Returns the third line: an error, the end of the trace, the followed file, or a sampler that misses too much. */
const statusLine = (snapshot: Snapshot, theme: Theme): string => {
  const { paint } = theme;
  const { view, info, status, ended, system } = snapshot;
  const { columns } = view.size;
  if (ended instanceof Error) {
    const activity = info.trace === undefined ? 'capture' : 'reading';
    return paint('error', fit(`${activity} stopped: ${ended.message}`, columns));
  }
  const guestStatus = guestStatusText(snapshot);
  if (guestStatus !== '') return paint('gap', fit(guestStatus, columns));
  if (ended === 'end') return paint('dim', fit('end of trace', columns));
  if (view.sourceKind === 'fleet') return fit('', columns);
  if (status?.lastError) return paint('error', fit(`no data at the moment: ${status.lastError}`, columns));
  if (info.trace !== undefined)
    return paint('dim', fit(`following ${info.trace === '-' ? 'standard input' : info.trace}`, columns));
  return status ? samplerLine({ status, system }, columns, theme) : '';
};

/** Smallest width at which the header names the key of the alert list. */
const minPressKeyColumns = 60;

/** Returns the newest active alert and the number of others: `! zombies: 56 under app 412, for 34s   2 more: press !`. */
const alertLine = ({ system, status, view, churn }: Snapshot, { paint }: Theme): string | undefined => {
  const [newest] = system.activeAlerts.list();
  if (!newest) return undefined;
  const others = system.activeAlerts.size - 1 + (status?.suppressedAlerts ?? 0);
  const isNarrow = view.size.columns < minPressKeyColumns;
  const more = others > 0 ? ` ${groupDigits(others)} more${isNarrow ? '' : ': press !'}` : '';
  const columns = view.size.columns - widthOf(more);
  const text = printable(`! ${currentAlert(newest, { system, stats: churn.unfiltered }).text}`);
  // On a narrow screen the duration is left out.
  const withDuration = `${text}, for ${formatDuration(system.nowNs - newest.since_monotonic_ns)}`;
  return paint('error', fit(widthOf(withDuration) <= columns ? withDuration : text, columns) + more);
};
