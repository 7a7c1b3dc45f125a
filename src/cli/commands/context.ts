import type { LiveOptions } from '../../capture/live-source.ts';
import { type AlertRule, defaultRules } from '../../domain/alerts/rule.ts';
import type { EnrichedKeys } from '../../domain/events/recorded-fields.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { SourceInfo } from '../../domain/source/event-source.ts';
import { cgroupGroupings } from '../../domain/stats/groups.ts';
import { redactUrl } from '../../fleet/core/redact-url.ts';
import { isNatsUrl } from '../../fleet/nats/server/url.ts';
import type { FlagValues } from '../args/flags.ts';
import { UsageError } from '../support/errors.ts';
import type { GuestInputs } from '../support/inputs.ts';

/** The parameters of a command. */
export type CommandContext = {
  values: FlagValues;
  files: readonly string[];
  filter: CompiledFilter;
  /** Aborts when the command should stop. */
  signal: AbortSignal;
};

/** Returns the fields that the flags allow to be written. */
export const recordedFields = (
  { recordArgs, recordCgroups }: FlagValues,
  filter: CompiledFilter,
): EnrichedKeys => ({ args: recordArgs, cgroup: recordCgroups || filter.firstCgroup !== undefined });

/** Returns the facts about the guest for a trace with these fields. */
export const recordedInfo = ({ cgroups: _, ...info }: SourceInfo, { cgroup }: EnrichedKeys): SourceInfo =>
  cgroup ? { ...info, cgroups: true } : info;

/**
 * Returns the capture options from the flags. A filter on cgroups or arguments needs them. `readsScreenFields`: whether to
 * read both for the screen, which does not write them.
 */
export const liveOptions = (
  { proc, source, interval, cpuLimit, cpuLimitBusy, recordArgs, recordCgroups, by }: FlagValues,
  filter: CompiledFilter,
  readsScreenFields = false,
): LiveOptions => ({
  root: proc,
  source,
  intervalNs: interval,
  cpuLimit,
  cpuLimitBusy,
  recordArgs,
  recordCgroups: recordCgroups || filter.firstCgroup !== undefined,
  readArgs: readsScreenFields || filter.readsArgs || by === 'command',
  readCgroups: readsScreenFields || (by !== undefined && cgroupGroupings.includes(by)),
  // The program starts no processes, so its children are orphans that it adopted.
  ownChildren: true,
});

/** Returns the alert rules from the flags. None with --strict, which emits spawns and exits only. */
export const alertRules = ({ alert = [], alerts, strict }: FlagValues): readonly AlertRule[] =>
  strict ? [] : [...alert, ...(alerts ? defaultRules : [])];

/** Returns the NATS URL among the operands, if there is one. @throws UsageError if it is not alone */
export const natsUrlOf = (files: readonly string[]): string | undefined => {
  const url = files.find(isNatsUrl);
  if (url !== undefined && files.length > 1)
    throw new UsageError(`${redactUrl(url)}: cannot be combined with files`);
  return url;
};

/**
 * Returns a function that opens what the server of a NATS URL retains, of the guests and the time that the flags select.
 * Undefined if the operands are files. @throws UsageError
 */
export const urlOpener = (
  values: FlagValues,
  files: readonly string[],
  signal: AbortSignal,
): (() => Promise<GuestInputs[]>) | undefined => {
  const url = natsUrlOf(files);
  if (url === undefined) return undefined;
  return async () => {
    const { openNatsInputs } = await import('../nats/nats-view.ts');
    return openNatsInputs(url, values, signal);
  };
};
