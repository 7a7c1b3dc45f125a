import { groupDigits } from '../../util/format.ts';
import { roundNs } from '../../util/time.ts';
import type { AlertRecord } from '../events/event.ts';
import { formatProcessName } from '../stats/group-stats.ts';
import { type RestartLoopSummary, summarizeLoops } from '../stats/loops/loop-summary.ts';
import { loopStatusOf } from '../stats/loops/loop-text.ts';
import type { StatsSnapshot } from '../stats/snapshot.ts';
import { recordedCount } from './format.ts';

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
 * Returns an alert with the current figures of its restart loop. The alert itself is returned if there is no such loop in the
 * statistics, or only the end of it, as after a seek in a replay.
 */
export const updateLoop = (
  alert: AlertRecord,
  stats: Pick<StatsSnapshot, 'nowNs' | 'restartLoops'>,
): AlertRecord => {
  const { comm = alert.key, parent, period_ns } = alert;
  if (parent === undefined || period_ns === undefined) return alert;
  const loop = summarizeLoops(stats).find(
    ({ comm: name, lineage, ongoing }) =>
      ongoing && name === comm && lineage[0] && formatProcessName(lineage[0]) === parent,
  );
  const recorded = recordedCount(alert);
  return loop && !(loop.count < recorded)
    ? { ...alert, value: groupDigits(loop.count), ...loopFields(loop, alert.key) }
    : alert;
};
