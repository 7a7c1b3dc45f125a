import type { LiveOptions } from '../../capture/live-source.ts';
import { defaultRules, type Rule } from '../../domain/alerts/rule.ts';
import type { Accepts } from '../../domain/filter/filter.ts';
import type { FlagValues } from '../args/flags.ts';

/** What a command is called with. */
export type Call = {
  values: FlagValues;
  files: readonly string[];
  filter: Accepts;
  /** Resolves when an end was asked for (a signal). */
  interrupted: Promise<void>;
};

/** How to look, as the flags say and the filter needs. */
export const liveOptions = (
  { proc, interval, cpu, cpuBusy, args, cgroups }: FlagValues,
  filter: Accepts,
): LiveOptions => ({
  root: proc,
  intervalNs: interval,
  cpu,
  cpuBusy,
  args,
  cgroups: cgroups || filter.cgroup !== undefined,
});

/** What to tell of, as the flags say; whoever wants spawns and exits only wants no alerts. */
export const alertRules = ({ alert = [], alerts, strict }: FlagValues): readonly Rule[] =>
  strict ? [] : [...alert, ...(alerts ? defaultRules : [])];
