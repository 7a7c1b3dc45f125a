import { groupDigits } from '../../util/format.ts';
import { roundNs } from '../../util/time.ts';
import type { AlertRecord } from '../events/event.ts';
import { type ActiveAlerts, recordedCount } from '../processes/active-alerts.ts';
import { formatProcessName } from '../stats/group-stats.ts';
import { type RestartLoopSummary, summarizeLoops } from '../stats/loops/loop-summary.ts';
import { loopStatusOf } from '../stats/loops/loop-text.ts';
import type { StatsSnapshot } from '../stats/snapshot.ts';

/** Returns the fields of an alert that describe a restart loop. `key` is the group of the alert. */
export const loopFields = (loop: RestartLoopSummary, key: string | undefined): Partial<AlertRecord> => {
  const { comm, lineage, periodNs, firstPeriodNs } = loop;
  return {
    ...(comm !== key && { comm }),
    ...(lineage[0] && { parent: formatProcessName(lineage[0]) }),
    period_ns: roundNs(periodNs),
    ...(firstPeriodNs !== undefined && { first_period_ns: roundNs(firstPeriodNs) }),
    ...loopStatusOf(loop),
  };
};

/**
 * Returns an alert with the current figures of its restart loop. The statistics may have only the end of it, as after a seek
 * in a replay: then `alerts` has the number of processes. If neither knows the loop, the alert itself is returned.
 */
export const updateLoop = (
  alert: AlertRecord,
  { stats, alerts }: { stats: Pick<StatsSnapshot, 'nowNs' | 'restartLoops'>; alerts: ActiveAlerts },
): AlertRecord => {
  const { comm = alert.key, parent, period_ns, first_period_ns } = alert;
  if (parent === undefined || period_ns === undefined) return alert;
  const counted = alerts.withRuns(alert);
  const loop = summarizeLoops(stats).find(
    ({ comm: name, lineage, ongoing }) =>
      ongoing && name === comm && lineage[0] && formatProcessName(lineage[0]) === parent,
  );
  if (!loop) return counted;
  const current = { ...counted, ...loopFields(loop, alert.key) };
  if (!(loop.count < recordedCount(counted))) return { ...current, value: groupDigits(loop.count) };
  return counted === alert
    ? alert
    : { ...current, ...(first_period_ns !== undefined && { first_period_ns }) };
};
