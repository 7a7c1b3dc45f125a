import type { AlertRecord } from '../events/event.ts';
import { recordedCount } from '../processes/active-alerts.ts';
import type { ProcessEntry } from '../processes/process-table.ts';
import { RateCounter } from '../processes/rate-counter.ts';
import type { SystemState } from '../processes/system-state.ts';
import { formatProcessName } from '../stats/group-stats.ts';
import type { Grouping } from '../stats/groups.ts';
import type { StatsSnapshot } from '../stats/snapshot.ts';
import { currentText } from './format.ts';
import { updateLoop } from './loop-fields.ts';
import { metricValues } from './metric-values.ts';
import { findMetric, units } from './metrics.ts';
import type { AlertRule } from './rule.ts';
import { parseRule } from './rule-parser.ts';

/** The data that the current value of an alert is computed from. */
export type AlertContext = {
  system: SystemState;
  /** The statistics of all events. After a seek in a replay, they begin with the retained ones. */
  stats: StatsSnapshot;
};

/** The text of a raised alert. `isCurrent`: whether its value is that of now, and not of when it was raised. */
export type CurrentAlert = { text: string; isCurrent: boolean };

/** Statistics that cover less time, ns, have no rates yet. */
const minRateSpanNs = 1_000_000_000n;
/** Growth is computed from this time after the alert was raised, ns. */
const minGrowthNs = 2_000_000_000n;

/** Returns the text of a raised alert with its current value: `zombies: 56 under gunicorn 7657, +1.4/s`. */
export const currentAlert = (alert: AlertRecord, { system, stats }: AlertContext): CurrentAlert => {
  const asRaised = { text: currentText(alert), isCurrent: false };
  const parsed = parseRule(alert.rule);
  if (!parsed.ok) return asRaised;
  const { rule } = parsed;
  if (rule.metric === 'restarts') {
    const updated = updateLoop(alert, { stats, alerts: system.activeAlerts });
    return updated === alert ? asRaised : { text: currentText(updated), isCurrent: true };
  }
  const unit = findMetric(rule.metric)?.unit ?? 'count';
  const value = isCount(rule)
    ? countProcesses(rule, alert.key, system)
    : currentRate(rule, alert.key, { system, stats });
  // The condition may be false for some seconds before the alert is cleared. The recorded value shows it better then.
  if (!value) return asRaised;
  const current = { ...alert, value: units[unit].format(value) };
  const heldNs = system.nowNs - alert.monotonic_ns;
  const raisedAt = recordedCount(alert);
  const hasGrowth = isCount(rule) && heldNs >= minGrowthNs && !Number.isNaN(raisedAt);
  const growth = hasGrowth ? ((value - raisedAt) / Number(heldNs)) * 1e9 : undefined;
  return { text: currentText(current, growth), isCurrent: true };
};

const isCount = ({ metric }: AlertRule): boolean => metric === 'zombies' || metric === 'alive';

/** Counts the live processes or zombies of a group. */
const countProcesses = (
  { metric, groupBy }: AlertRule,
  key: string | undefined,
  system: SystemState,
): number => {
  let count = 0;
  for (const process of system.table.live()) {
    if (metric === 'zombies' && !process.zombie) continue;
    if (groupBy === undefined || groupNameOf(process, groupBy, system) === key) count++;
  }
  return count;
};

const groupNameOf = (process: ProcessEntry, groupBy: Grouping, system: SystemState): string | undefined => {
  if (groupBy === 'comm') return process.comm;
  if (groupBy === 'user') return process.uid === undefined ? undefined : String(process.uid);
  if (groupBy !== 'parent') return undefined;
  const parent = process.zombie
    ? system.reaperOf(process)
    : process.ppid === undefined
      ? undefined
      : system.table.get(process.ppid);
  return parent && formatProcessName(parent);
};

/** The metrics with a current value do not depend on missed tasks, whose rate the system state does not have. */
const noMissed = new RateCounter();

const currentRate = (
  { metric, groupBy }: AlertRule,
  key: string | undefined,
  { system, stats }: { system: SystemState; stats: StatsSnapshot },
): number | undefined => {
  if (metric !== 'spawn_rate' && metric !== 'exit_rate' && metric !== 'failure_rate') return undefined;
  if (stats.spanNs < minRateSpanNs) return undefined;
  const inputs = { stats, exits: system.exits, missed: noMissed };
  for (const group of metricValues[metric](inputs, groupBy)) if (group.key === key) return group.value;
  return undefined;
};
