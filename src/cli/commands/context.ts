import type { LiveOptions } from '../../capture/live-source.ts';
import { type AlertRule, defaultRules } from '../../domain/alerts/rule.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { cgroupGroupings } from '../../domain/stats/groups.ts';
import type { FlagValues } from '../args/flags.ts';

/** The parameters of a command. */
export type CommandContext = {
  values: FlagValues;
  files: readonly string[];
  filter: CompiledFilter;
  /** Aborts when the command should stop. */
  signal: AbortSignal;
};

/** Returns the capture options from the flags. Filters and tables by cgroup need cgroups. */
export const liveOptions = (
  { proc, source, interval, cpuLimit, cpuLimitBusy, recordArgs, recordCgroups, by }: FlagValues,
  filter: CompiledFilter,
): LiveOptions => ({
  root: proc,
  source,
  intervalNs: interval,
  cpuLimit,
  cpuLimitBusy,
  recordArgs,
  recordCgroups:
    recordCgroups || filter.firstCgroup !== undefined || (by !== undefined && cgroupGroupings.includes(by)),
  // The program starts no processes, so its children are orphans that it adopted.
  ownChildren: true,
});

/** Returns the alert rules from the flags. None with --strict, which emits spawns and exits only. */
export const alertRules = ({ alert = [], alerts, strict }: FlagValues): readonly AlertRule[] =>
  strict ? [] : [...alert, ...(alerts ? defaultRules : [])];
