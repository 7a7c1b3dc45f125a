import type { GuestSummary } from '../domain/fleet/guest-summary.ts';
import { coverageOf } from '../domain/source/event-source.ts';
import type { Snapshot } from './snapshot.ts';
import type { HeaderRows } from './state/layout.ts';
import { isFleetWide } from './state/state.ts';

/** Coverage below this is highlighted. */
const minGoodCoverage = 0.9;

/** Returns whether the sampler records less than it should, or its events are late. */
export const isCapturePoor = ({ status, system }: Pick<Snapshot, 'status' | 'system'>): boolean => {
  if (!status) return false;
  const { lostEvents = 0, ownProcessesOnly, eventDelayNs } = status;
  const coverage = coverageOf(status);
  return (
    (system.lostByReason.get('dropped') ?? 0) + lostEvents > 0 ||
    ownProcessesOnly ||
    eventDelayNs !== undefined ||
    (coverage !== undefined && coverage < minGoodCoverage)
  );
};

/** Returns the guest of a fleet whose processes are on screen; undefined for other sources and for all guests. */
export const focusedGuestOf = ({
  fleet,
  view,
}: Pick<Snapshot, 'fleet' | 'view'>): GuestSummary | undefined =>
  view.focusedGuest === undefined ? undefined : fleet?.guests.find(({ id }) => id === view.focusedGuest);

/** Returns which rows the header has besides the first two. */
export const headerRowsOf = (snapshot: Omit<Snapshot, 'churn'>): Required<HeaderRows> => {
  const { view, fleet, system } = snapshot;
  const alerts = isFleetWide(view) ? (fleet?.totals.alerts ?? 0) : system.activeAlerts.size;
  return { hasAlertRow: alerts > 0, hasStatusRow: needsStatusRow(snapshot) };
};

/** Returns whether the header has a third row: for a problem, a followed file, or the scrub bar of a replay. */
const needsStatusRow = (snapshot: Omit<Snapshot, 'churn'>): boolean => {
  const { replay, ended, status, info, fleet } = snapshot;
  if (replay !== undefined || ended !== undefined) return true;
  if (fleet) {
    const guest = focusedGuestOf(snapshot);
    if (guest === undefined) return false;
    if (guest.state !== 'live' || guest.pulsesOnly) return true;
  } else if (info.trace !== undefined) return true;
  return status?.lastError !== undefined || isCapturePoor(snapshot);
};
