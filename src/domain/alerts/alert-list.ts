import type { AlertRecord } from '../events/event.ts';
import type { ActiveAlerts } from '../processes/active-alerts.ts';
import { parseRule } from './rule-parser.ts';

/** Returns the alerts that are raised and then those that are cleared, each newest first. */
export const listAlerts = (alerts: ActiveAlerts): AlertRecord[] => [...alerts.list(), ...alerts.cleared()];

/** Returns a key that an alert keeps when it is cleared. */
export const alertKeyOf = ({ rule, key = '', since_monotonic_ns }: AlertRecord): string =>
  `${rule}\0${key}\0${since_monotonic_ns}`;

/** What an alert is about: a parent, a comm or a user. Empty if its rule covers all processes. */
export type Culprit = {
  parent?: { comm: string; pid: number };
  comm?: string;
  uid?: string;
};

/** Returns what an alert is about. */
export const culpritOf = (alert: AlertRecord): Culprit => {
  const parsed = parseRule(alert.rule);
  const groupBy = parsed.ok ? parsed.rule.groupBy : undefined;
  const [, parentComm, pid] =
    /^([\s\S]*)\[(\d+)\]$/.exec(alert.parent ?? (groupBy === 'parent' ? alert.key : undefined) ?? '') ?? [];
  const comm = alert.comm ?? (groupBy === 'comm' ? alert.key : undefined);
  return {
    ...(parentComm !== undefined && { parent: { comm: parentComm, pid: Number(pid) } }),
    ...(comm !== undefined && { comm }),
    ...(groupBy === 'user' && alert.key !== undefined && { uid: alert.key }),
  };
};
