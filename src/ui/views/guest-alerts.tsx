import { guestAlertWindow } from '../../store/navigation/alert-navigation.ts';
import { formatDuration, groupDigits } from '../../util/format.ts';
import { guestAlertText } from '../components/fleet-header.ts';
import { Rows } from '../components/row.tsx';
import { positionText } from '../components/table.ts';
import type { ViewProps } from '../components/view-props.ts';
import { fit, joinEnds } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';

const durationColumns = 6;

/** The alerts that are raised on any guest. */
export const GuestAlertList = ({ snapshot, rows, width }: ViewProps) => {
  const { paint } = useTheme();
  const { fleet, view } = snapshot;
  const { alertSelection } = view;
  const { alerts, top, selected } = guestAlertWindow(fleet?.alerts ?? [], { alertSelection, rows });
  const hostColumns = width < 100 ? 14 : 24;
  const lines = alerts.slice(top, top + rows).map((alert, index) => {
    const held = alert.heldNs === undefined ? '' : formatDuration(alert.heldNs);
    const text = `! ${fit(alert.host, hostColumns)} ${fit(held, durationColumns, 'right')} ${guestAlertText(alert)}`;
    return paint(top + index === selected ? 'selected' : 'error', fit(text, width));
  });
  if (lines.length === 0) lines.push(paint('dim', fit('  no alert is raised', width)));
  const { length: count } = alerts;
  const raised = fleet?.totals.alerts ?? 0;
  const position = count > rows ? positionText({ top, rows, count, total: count }) : '';
  // Current values are known of the guest in focus only.
  const values = count > 0 && width >= 80 ? 'values when raised' : '';
  const notes = [`${groupDigits(raised)} raised on all guests`, values, position].filter(
    (note) => note !== '',
  );
  const titles = `${'HOST'.padEnd(hostColumns)} ${'FOR'.padStart(durationColumns)} ALERT`;
  const title = joinEnds(
    `${paint('focused', '›')} ${paint('label', titles)}`,
    paint('dim', notes.join(' · ')),
    width,
  );
  return <Rows lines={[title, ...lines]} rows={rows + 1} />;
};
