import { nameText } from '../../domain/commands/command-text.ts';
import { ageNs, type ProcessEntry } from '../../domain/processes/process-table.ts';
import type { ProcessUsage } from '../../domain/processes/process-usage.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import type { SourceInfo } from '../../domain/source/event-source.ts';
import { formatBytes, formatDuration, formatPercent } from '../../util/format.ts';
import { clockTickNs } from '../../util/time.ts';

/** The kernel reports parent PID 0 for a parent in another PID namespace. */
export const outsideParent = 'parent outside this namespace';

/** Descriptions of the state letters, see proc_pid_stat(5). */
const stateNames: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'uninterruptible sleep, usually disk I/O',
  Z: 'zombie',
  T: 'stopped by a signal',
  t: 'stopped by a tracer',
  I: 'idle',
  X: 'dead',
};

/** Returns whether a process was a zombie from the first sample on, so that it is unknown since when. */
const isFoundZombie = ({ initial, firstSeenNs, zombieSinceNs }: ProcessEntry): boolean =>
  initial && zombieSinceNs === firstSeenNs;

/** Returns how long a process has been a zombie, at least; empty if that is unknown. */
const waitedText = (zombie: ProcessEntry, nowNs: bigint): string => {
  if (zombie.zombieSinceNs === undefined) return '';
  const bound = isFoundZombie(zombie) ? 'at least ' : '';
  return ` for ${bound}${formatDuration(nowNs - zombie.zombieSinceNs)}`;
};

/** Returns how long a zombie ran; empty if that is unknown. */
const ranText = (process: ProcessEntry, { bootOffsetNs }: SourceInfo): string => {
  const { zombieSinceNs } = process;
  if (zombieSinceNs === undefined || isFoundZombie(process)) return '';
  const ran = ageNs(process, zombieSinceNs, bootOffsetNs);
  return ran === undefined ? '' : `, ran ${formatDuration(ran)}`;
};

/** Returns which process a zombie waits for; empty if that is unknown. */
const reaperText = (zombie: ProcessEntry, system: SystemState): string => {
  if (zombie.reaperPid === 0) return `, ${outsideParent}`;
  const reaper = system.reaperOf(zombie);
  return reaper ? `, waiting for ${nameText(reaper.comm)} ${reaper.pid}` : '';
};

type StateOptions = {
  process: ProcessEntry | undefined;
  /** The kernel's state letter as last read. */
  state: string | undefined;
  system: SystemState;
  info: SourceInfo;
};

/** Returns the state of a live process; of a zombie, how long it ran and which process it waits for. */
export const stateText = ({ process, state, system, info }: StateOptions): string | undefined => {
  if (!process || process.exitedNs !== undefined) return undefined;
  if (process.zombie)
    return `Z zombie${waitedText(process, system.nowNs)}${ranText(process, info)}${reaperText(process, system)}`;
  return state === undefined || state === ' ' ? undefined : `${state} ${stateNames[state] ?? ''}`.trimEnd();
};

type UsageOptions = { process: ProcessEntry | undefined; usage: ProcessUsage | undefined };

/** Returns the CPU time of a zombie or exited process; undefined if it is unknown. */
const exitedUsageText = (process: ProcessEntry | undefined): string | undefined => {
  if (process?.cpuNs === undefined) return undefined;
  const isTotal = process.zombie || process.zombieNs !== undefined;
  return `${formatDuration(process.cpuNs)} CPU time${isTotal ? '' : ', as last seen'}`;
};

/** Returns CPU usage, CPU time and memory of a live process: `8.2% of a core, 1.2s CPU time, 12 MiB resident`. */
export const usageText = ({ process, usage }: UsageOptions): string | undefined => {
  if (!process || process.exitedNs !== undefined || process.zombie || !usage) return exitedUsageText(process);
  const { cpuShare, cpuTicks, rssBytes } = usage;
  return [
    ...(cpuShare === undefined ? [] : [`${formatPercent(cpuShare)}% of a core`]),
    `${formatDuration(BigInt(cpuTicks) * clockTickNs)} CPU time`,
    `${formatBytes(rssBytes)} resident`,
  ].join(', ');
};
