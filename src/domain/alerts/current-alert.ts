import type { AlertRecord } from '../events/event.ts';
import type { ProcessEntry } from '../processes/process-table.ts';
import type { SystemState } from '../processes/system-state.ts';
import { formatProcessName } from '../stats/group-stats.ts';
import type { Grouping } from '../stats/groups.ts';
import type { StatsSnapshot } from '../stats/snapshot.ts';
import { currentText } from './format.ts';
import { updateLoop } from './loop-fields.ts';
import { metricValues } from './metric-values.ts';
import { findMetric, units } from './metrics.ts';
import { type AlertRule, parseRule } from './rule.ts';

/** The data that the current value of an alert is computed from. */
export type AlertContext = {
  system: SystemState;
  /** Undefined if the statistics do not count all events, as after a seek in a replay. */
  stats: StatsSnapshot | undefined;
};

/** Growth is computed from this time after the alert was raised, ns. */
const minGrowthNs = 2_000_000_000n;

/** Returns the text of a raised alert with its current value: `zombies: 56 under gunicorn 7657, +1.4/s`. */
export const currentAlertText = (alert: AlertRecord, { system, stats }: AlertContext): string => {
  const parsed = parseRule(alert.rule);
  if (!parsed.ok) return currentText(alert);
  const { rule } = parsed;
  if (rule.metric === 'restarts') return currentText(stats ? updateLoop(alert, stats) : alert);
  const unit = findMetric(rule.metric)?.unit ?? 'count';
  const value = isCount(rule)
    ? countProcesses(rule, alert.key, system)
    : stats && currentRate(rule, alert.key, { system, stats });
  // The condition may be false for some seconds before the alert is cleared. The value at the start says more then.
  if (!value) return currentText(alert);
  const current = { ...alert, value: units[unit].format(value) };
  const heldNs = system.nowNs - alert.monotonic_ns;
  const raisedAt = Number(alert.value.replaceAll(',', ''));
  if (!isCount(rule) || heldNs < minGrowthNs || Number.isNaN(raisedAt)) return currentText(current);
  return currentText(current, ((value - raisedAt) / Number(heldNs)) * 1e9);
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

const currentRate = (
  { metric, groupBy }: AlertRule,
  key: string | undefined,
  { system, stats }: { system: SystemState; stats: StatsSnapshot },
): number | undefined => {
  if (metric !== 'spawn_rate' && metric !== 'exit_rate' && metric !== 'failure_rate') return undefined;
  const inputs = { stats, exits: system.exits, missed: system.exits };
  for (const group of metricValues[metric](inputs, groupBy)) if (group.key === key) return group.value;
  return undefined;
};
