import { formatDuration } from '../../util/format.ts';
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
const parentText = (parent: string): string => `under ${parent.replace(/\[(\d+)\]$/, ' $1')}`;

/** Formats the group of an alert, as in `of cron`, `of user 33`, `under app 412`. */
const groupText = (grouping: string | undefined, key: string): string => {
  if (grouping === 'parent') return parentText(key);
  return grouping === 'user' ? `of user ${key}` : `of ${key}`;
};

const join = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(' ');

/** Formats a restart loop: `api-server ×47 under supervisor 4627, every 0.7s (was 2.0s), exit 78`. */
const loopText = (alert: AlertRecord, grouping: string | undefined): string => {
  const { key, value, parent, period_ns, first_period_ns } = alert;
  const comm = alert.comm ?? (grouping === 'comm' ? key : undefined);
  // Alerts of older recorders contain no parent and no comm.
  const group = comm === undefined && key !== undefined ? groupText(grouping, key) : comm;
  const under = parent !== undefined && group !== parentText(parent) ? parentText(parent) : undefined;
  const parts = [
    join([group, `×${value}`, under]),
    period_ns && formatPeriod(period_ns, first_period_ns),
    formatExitStatus(alert),
  ];
  return parts.filter(Boolean).join(', ');
};

/**
 * Formats an alert: `spawn rate: 62.0/s of cron (> 50)`, `crash loop: api-server ×47`. A cleared one becomes
 * `cleared after 34s: spawn rate of cron, max 80.0/s`. The text may contain control characters, if the alert does.
 */
export const formatAlert = (alert: AlertRecord): string => {
  const { rule, key, value, ended, since_monotonic_ns, monotonic_ns } = alert;
  const [, metric, grouping, operator = '', limit] = ruleParts.exec(rule) ?? [];
  const label = Object.hasOwn(labels, metric ?? '') ? labels[metric as MetricName] : (metric ?? rule);
  const isLoop = metric === 'restarts';
  const amount = isLoop ? `×${value}` : value;
  const group = key === undefined ? undefined : groupText(grouping, key);
  if (ended) {
    const duration = formatDuration(monotonic_ns - since_monotonic_ns);
    return `cleared after ${duration}: ${join([label, group])}, ${operator.startsWith('<') ? 'min' : 'max'} ${amount}`;
  }
  if (isLoop) return `${label}: ${loopText(alert, grouping)}`;
  return `${label}: ${join([amount, group, limit && `(${operator} ${limit})`])}`;
};
