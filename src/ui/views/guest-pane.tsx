import { nameText } from '../../domain/commands/command-text.ts';
import type { GuestDetails } from '../../domain/fleet/guest-details.ts';
import type { GuestSummary } from '../../domain/fleet/guest-summary.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { missedText, skewText } from '../../store/views/host-columns.ts';
import { formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { guestAlertText, stateMarks } from '../components/fleet-header.ts';
import { Rows } from '../components/row.tsx';
import { modeText } from '../text/capture-mode.ts';
import { fit, wrap } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';

const labelColumns = 11;
const maxWrappedLines = 4;
const maxComms = 12;
const unknown = 'unknown';

type Field = { label: string; text: string };

/** The details of the selected guest, next to the hosts view. */
export const GuestPane = ({
  snapshot,
  id,
  rows,
  width,
}: {
  snapshot: Snapshot;
  id: string;
  rows: number;
  width: number;
}) => {
  const theme = useTheme();
  const { paint } = theme;
  const { fleet } = snapshot;
  const guest = fleet?.guests.find((each) => each.id === id);
  const details = fleet?.detailsOf(id);
  const title = `  ${paint('title', fit(id, Math.min(width - 12, 40)).trimEnd())}  ${paint('label', 'guest')}`;
  const fields = guest ? fieldsOf(guest, details) : [];
  const lines = [
    ...fields.flatMap((field) => fieldLines(field, width, theme)),
    ...(details ? commLines(details, width, theme) : []),
  ];
  return <Rows lines={[title, ...lines.slice(0, rows)]} rows={rows + 1} />;
};

const fieldLines = ({ label, text }: Field, width: number, { paint }: Theme): string[] =>
  wrap(text, width - labelColumns - 2, maxWrappedLines).map(
    (line, index) => `${paint('label', fit(index === 0 ? label : '', labelColumns, 'right'))}  ${line}`,
  );

const fieldsOf = (guest: GuestSummary, details: GuestDetails | undefined): Field[] => {
  const { state, reason, heardNs, lagNs } = guest;
  const heard = heardNs === undefined ? [] : [`last received ${formatDuration(heardNs)} ago`];
  const lag = lagNs === undefined ? [] : [`newest record ${formatDuration(lagNs)} old`];
  return [
    { label: 'state', text: [`${stateMarks[state].mark} ${state}`, ...heard, ...lag].join(', ') },
    ...(reason === undefined ? [] : [{ label: 'reason', text: reason }]),
    ...(guest.pulsesOnly ? [{ label: 'sends', text: 'counters only: its processes cannot be shown' }] : []),
    { label: 'host', text: details?.host ?? unknown },
    { label: 'recorder', text: details?.recorder ?? unknown },
    { label: 'capture', text: details?.captureMode ? modeText(details.captureMode) : unknown },
    { label: 'clock', text: clockText(guest) },
    { label: 'processes', text: processesText(guest) },
    {
      label: 'missed',
      text: `${missedText(guest, 20)}${guest.lost > 0 ? ' (missed tasks + lost records)' : ''}`,
    },
    ...alertFields(guest, details),
  ];
};

const clockText = ({ skewNs }: GuestSummary): string => {
  if (skewNs === undefined) return unknown;
  const skew = skewText(skewNs);
  if (skew === '-') return 'as here, or the delay of the line hides the difference';
  return `${skew} against this machine, at least`;
};

const processesText = ({ alive, zombies, spawnRate, exitRate, failureRate, loops }: GuestSummary): string => {
  if (alive === undefined) return unknown;
  const rates =
    spawnRate === undefined
      ? []
      : [
          `+${formatRate(spawnRate)}/s`,
          ...(exitRate === undefined ? [] : [`-${formatRate(exitRate)}/s`]),
          ...(failureRate === undefined ? [] : [`${formatRate(failureRate)}/s failed`]),
        ];
  return [
    `${groupDigits(alive)} alive`,
    ...(zombies ? [`${groupDigits(zombies)} zombies`] : []),
    ...rates,
    ...(loops ? [`${loops} in a restart loop`] : []),
  ].join(', ');
};

const alertFields = ({ alerts = 0 }: GuestSummary, details: GuestDetails | undefined): Field[] => {
  if (alerts === 0) return [];
  const known = details?.alerts ?? [];
  if (known.length === 0)
    return [{ label: 'alerts', text: guestAlertText({ alert: undefined, count: alerts }) }];
  return known.map((alert, index) => ({
    label: index === 0 ? 'alerts' : '',
    text: guestAlertText({ alert, count: 1 }),
  }));
};

/** Returns a table of the comms with the most spawns. */
const commLines = ({ comms }: GuestDetails, width: number, { paint }: Theme): string[] => {
  if (comms.length === 0) return [];
  const top = [...comms].sort((a, b) => b.spawned - a.spawned).slice(0, maxComms);
  const head = `${fit('COMM', 20)} ${fit('SPAWNED', 9, 'right')} ${fit('EXITED', 9, 'right')} ${fit('FAILED', 9, 'right')}`;
  const lines = top.map(
    ({ comm, spawned, exited, failed }) =>
      `  ${fit(nameText(comm), 20)} ${fit(groupDigits(spawned), 9, 'right')} ${fit(groupDigits(exited), 9, 'right')} ${paint(
        failed > 0 ? 'failure' : 'value',
        fit(groupDigits(failed), 9, 'right'),
      )}`,
  );
  return ['', paint('label', fit(`  ${head}`, width)), ...lines];
};
