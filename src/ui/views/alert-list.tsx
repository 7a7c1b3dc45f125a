import { currentAlert } from '../../domain/alerts/current-alert.ts';
import { clearedText } from '../../domain/alerts/format.ts';
import type { AlertRecord } from '../../domain/events/event.ts';
import { wallTimeNs } from '../../domain/source/wall-clock.ts';
import { alertWindow } from '../../store/navigation/alert-navigation.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { formatDuration, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { formatTimeOfDay } from '../../util/time.ts';
import { Rows } from '../components/row.tsx';
import { positionText } from '../components/table.ts';
import type { ViewProps } from '../components/view-props.ts';
import { fit, joinEnds, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';

const timeColumns = 8;
const durationColumns = 6;
/** A narrower list omits the time, so that an alert fits on its line. */
const minTimeWidth = 100;

/** The alerts that are raised, with their current values, and the latest cleared ones. */
export const AlertListView = ({ snapshot, rows, width }: ViewProps) => {
  const theme = useTheme();
  const { system, view } = snapshot;
  const { alertSelection } = view;
  const { alerts, top, selected } = alertWindow(system.activeAlerts, { alertSelection, rows });
  const lines = alerts
    .slice(top, top + rows)
    .map((alert, index) => alertLine(alert, { snapshot, width, selected: top + index === selected, theme }));
  if (lines.length === 0) lines.push(theme.paint('dim', fit('  no alert so far', width)));
  const { length: count } = alerts;
  const position = count > rows ? positionText({ top, rows, count, total: count }) : '';
  return <Rows lines={[titleLine(snapshot, { position, width, theme }), ...lines]} rows={rows + 1} />;
};

const titleLine = (
  { system, status }: Snapshot,
  { position, width, theme: { paint } }: { position: string; width: number; theme: Theme },
): string => {
  const { activeAlerts } = system;
  const suppressed = status?.suppressedAlerts ?? 0;
  const dropped = activeAlerts.droppedCleared;
  const notes = [
    `${groupDigits(activeAlerts.size)} raised`,
    `${groupDigits(activeAlerts.cleared().length)} cleared`,
    suppressed > 0 ? `${groupDigits(suppressed)} suppressed` : '',
    dropped > 0 ? `${groupDigits(dropped)} older dropped` : '',
    position,
  ].filter((note) => note !== '');
  const since = width < minTimeWidth ? '' : `${'SINCE'.padEnd(timeColumns)} `;
  const titles = `${since}${'FOR'.padStart(durationColumns)} ALERT`;
  return joinEnds(
    `${paint('focused', '›')} ${paint('label', titles)}`,
    paint('dim', notes.join(' · ')),
    width,
  );
};

type LineOptions = { snapshot: Snapshot; width: number; selected: boolean; theme: Theme };

/** Formats an alert as one line: `! 11:34:04    41s zombies: 56 under gunicorn 7657, +1.4/s`. */
const alertLine = (
  alert: AlertRecord,
  { snapshot, width, selected, theme: { paint } }: LineOptions,
): string => {
  const { system, info } = snapshot;
  const { ended, since_monotonic_ns: sinceNs, monotonic_ns: clearedNs } = alert;
  const time = formatTimeOfDay(wallTimeNs(info, sinceNs)).slice(0, timeColumns);
  const since = width < minTimeWidth ? '' : `${time} `;
  const lasted = fit(formatDuration((ended ? clearedNs : system.nowNs) - sinceNs), durationColumns, 'right');
  const [text, note] = ended ? [clearedText(alert), ', cleared'] : raisedText(alert, snapshot);
  const start = `${ended ? ' ' : '!'} ${since}${lasted} ${text}`;
  // The mark and the style show, too, that an alert is cleared.
  const line = fit(widthOf(printable(start + note)) <= width ? start + note : start, width);
  return paint(selected ? 'selected' : ended ? 'dim' : 'error', line);
};

/** Returns the text of a raised alert, and a note with the time at which its value was recorded, unless it is current. */
const raisedText = (alert: AlertRecord, { system, info, churn }: Snapshot): readonly [string, string] => {
  const { text, isCurrent } = currentAlert(alert, { system, stats: churn.unfiltered });
  if (isCurrent) return [text, ''];
  const time = formatTimeOfDay(wallTimeNs(info, alert.monotonic_ns)).slice(0, timeColumns);
  return [text, `, as of ${time}`];
};
