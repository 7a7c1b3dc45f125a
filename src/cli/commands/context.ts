import type { LiveOptions } from '../../capture/live-source.ts';
import { type AlertRule, defaultRules } from '../../domain/alerts/rule.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { FlagValues } from '../args/flags.ts';

/** What a command is called with. */
export type CommandContext = {
  values: FlagValues;
  files: readonly string[];
  filter: CompiledFilter;
  /** Resolves when an end was asked for (a signal). */
  interrupted: Promise<void>;
};

/** How to look, as the flags say and the filter needs. */
export const liveOptions = (
  { proc, interval, cpu: cpuLimit, cpuBusy: cpuLimitBusy, args: recordArgs, cgroups }: FlagValues,
  filter: CompiledFilter,
): LiveOptions => ({
  root: proc,
  intervalNs: interval,
  cpuLimit,
  cpuLimitBusy,
  recordArgs,
  recordCgroups: cgroups || filter.firstCgroup !== undefined,
});

/** What to tell of, as the flags say; whoever wants spawns and exits only wants no alerts. */
export const alertRules = ({ alert = [], alerts, strict }: FlagValues): readonly AlertRule[] =>
  strict ? [] : [...alert, ...(alerts ? defaultRules : [])];
