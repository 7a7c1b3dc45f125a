import { formatDuration, formatRate } from '../../util/format.ts';
import { nameText } from '../commands/command-text.ts';
import type { AlertRecord } from '../events/event.ts';
import { formatExitStatus } from '../events/exit-status.ts';
import { formatPeriod } from '../stats/loops/loop-text.ts';
import type { MetricName } from './metrics.ts';

/** The parts of a rule: metric, grouping, comparison, limit. */
const ruleParts = /^(\w+)(?:\((\w+)\))?([<>]=?)(.+)$/;

const labels: Readonly<Record<MetricName, string>> = {
  spawn_rate: 'spawn rate',
  exit_rate: 'exit rate',
  failure_rate: 'failed exits',
  alive: 'live processes',
  zombies: 'zombies',
  restarts: 'crash loop',
  unseen_rate: 'missed rate',
  coverage: 'coverage',
};

/** Formats a parent: `cron[412]` becomes `under cron 412`. */
const parentText = (parent: string): string => {
  const [, comm, pid] = /^([\s\S]*)\[(\d+)\]$/.exec(parent) ?? [];
  return `under ${comm === undefined ? parent : `${nameText(comm)} ${pid}`}`;
};

/** Formats the group of an alert, as in `of cron`, `of user 33`, `under app 412`. */
const groupText = (grouping: string | undefined, key: string): string => {
  if (grouping === 'parent') return parentText(key);
  return grouping === 'user' ? `of user ${key}` : `of ${nameText(key)}`;
};

const join = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(' ');

/** Returns the parts of the rule of an alert, the label of its metric, and its group as text. */
const partsOf = ({ rule, key }: AlertRecord) => {
  const [, metric, grouping, operator = '', limit] = ruleParts.exec(rule) ?? [];
  return {
    label: Object.hasOwn(labels, metric ?? '') ? labels[metric as MetricName] : (metric ?? rule),
    isLoop: metric === 'restarts',
    group: key === undefined ? undefined : groupText(grouping, key),
    grouping,
    operator,
    limit,
  };
};

/** Formats a restart loop: `api-server ×47 under supervisor 4627, every 0.7s (was 2.0s), exit 78`. */
const loopText = (alert: AlertRecord, grouping: string | undefined): string => {
  const { key, value, parent, period_ns, first_period_ns } = alert;
  const comm = alert.comm ?? (grouping === 'comm' ? key : undefined);
  // Alerts of older recorders contain no parent and no comm.
  const group = comm === undefined ? key && groupText(grouping, key) : nameText(comm);
  const under = parent !== undefined && group !== parentText(parent) ? parentText(parent) : undefined;
  const parts = [
    join([group, `×${value}`, under]),
    period_ns && formatPeriod(period_ns, first_period_ns),
    formatExitStatus(alert),
  ];
  return parts.filter(Boolean).join(', ');
};

/** Formats a change per second with its sign: `+1.4/s`. Empty if it rounds to zero. */
const growthText = (growth: number): string | undefined =>
  Math.abs(growth) < 0.05 ? undefined : `${growth < 0 ? '-' : '+'}${formatRate(Math.abs(growth))}/s`;

/**
 * Formats an alert: `spawn rate: 62.0/s of cron (> 50)`, `crash loop: api-server ×47`. A cleared one becomes
 * `cleared after 34s: spawn rate of cron, max 80.0/s`. The text may contain control characters, if the alert does.
 */
export const formatAlert = (alert: AlertRecord): string => {
  const { value, ended, since_monotonic_ns, monotonic_ns } = alert;
  if (ended) {
    const { label, group, isLoop, operator } = partsOf(alert);
    const amount = isLoop ? `×${value}` : value;
    const duration = formatDuration(monotonic_ns - since_monotonic_ns);
    return `cleared after ${duration}: ${join([label, group])}, ${operator.startsWith('<') ? 'min' : 'max'} ${amount}`;
  }
  return currentText(alert);
};

/** Formats what a raised alert reports, with the growth per second instead of the limit if it is known. */
export const currentText = (alert: AlertRecord, growth?: number): string => {
  const { label, group, isLoop, grouping, operator, limit } = partsOf(alert);
  if (isLoop) return `${label}: ${loopText(alert, grouping)}`;
  const change = growth === undefined ? undefined : growthText(growth);
  const amount = join([
    alert.value,
    group,
    change === undefined && limit ? `(${operator} ${limit})` : undefined,
  ]);
  return `${label}: ${change === undefined ? amount : `${amount}, ${change}`}`;
};

/** Formats what a cleared alert reported, with its worst value: `spawn rate: max 80.0/s of cron`. */
export const clearedText = (alert: AlertRecord): string => {
  const { label, group, isLoop, grouping, operator } = partsOf(alert);
  if (isLoop) return `${label}: ${loopText(alert, grouping)}`;
  return `${label}: ${operator.startsWith('<') ? 'min' : 'max'} ${join([alert.value, group])}`;
};
