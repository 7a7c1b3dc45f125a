import { formatDuration } from '../../util/format.ts';
import type { AlertRecord } from '../events/event.ts';

/** What is asked, and what it is compared with. */
const ruleParts = /^(.*?)([<>]=?)([^<>]*)$/;

/** `spawn_rate(comm) cron 62.0/s > 50`; at the end `ended after 34s: spawn_rate(comm) cron, up to 80.0/s`. */
export const formatAlert = (alert: AlertRecord): string => {
  const { rule, key, value, ended, since_monotonic_ns, monotonic_ns } = alert;
  const [, asked = rule, operator, limit] = ruleParts.exec(rule) ?? [];
  const subject = key === undefined ? asked : `${asked} ${key}`;
  if (ended)
    return `ended after ${formatDuration(monotonic_ns - since_monotonic_ns)}: ${subject}, at worst ${value}`;
  return operator === undefined ? `${subject} ${value}` : `${subject} ${value} ${operator} ${limit}`;
};
