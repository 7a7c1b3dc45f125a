import { coverageOf } from '../domain/source/event-source.ts';
import type { Snapshot } from './snapshot.ts';

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

/** Returns whether the header has a third row: for a problem, a followed file, or the scrub bar of a replay. */
export const needsStatusRow = (snapshot: Omit<Snapshot, 'view' | 'churn'>): boolean => {
  const { replay, ended, status, info } = snapshot;
  if (replay !== undefined || ended !== undefined || info.trace !== undefined) return true;
  return status?.lastError !== undefined || isCapturePoor(snapshot);
};
