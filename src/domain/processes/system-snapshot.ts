import type { GapReason } from '../events/event.ts';
import type { AlertsSnapshot } from './active-alerts.ts';
import type { AncestrySnapshot } from './ancestry.ts';
import type { ChildrenCpuSnapshot } from './children-cpu.ts';
import type { ExitHistorySnapshot } from './exit-history.ts';
import type { TableSnapshot } from './process-table.ts';
import type { RateSnapshot } from './rate-counter.ts';

/** A `SystemState` without its log as plain values, from which a replay can start. */
export type SystemStateSnapshot = {
  nowNs: bigint;
  table: TableSnapshot;
  ancestry: AncestrySnapshot;
  exitHistory: ExitHistorySnapshot;
  spawns: RateSnapshot;
  exits: RateSnapshot;
  lostByReason: [GapReason, number][];
  activeAlerts: AlertsSnapshot;
  childrenCpu: ChildrenCpuSnapshot;
  /** Number of log entries so far, dropped ones included. */
  loggedTotal: number;
};
