import type { GuestCheck } from '../../capture/guest-check.ts';
import { formatDuration } from '../../util/format.ts';

/** A question that an operator has about processes, and of which processes churntop knows the answer here. */
export type Answer = { question: string; answer: string };

const exitStatusTexts: Readonly<Record<GuestCheck['access']['exitStatus'], string>> = {
  all: 'of every process',
  seenAlive: 'of processes of any user that were seen alive',
  zombies: 'of processes of any user that were seen as zombies',
  ownZombies: 'of processes of this user that were seen as zombies',
};

const processesText = ({ mode, shortestLifetimeNs }: GuestCheck): string => {
  const shortest = formatDuration(shortestLifetimeNs);
  if (mode === 'kernel') return 'every process, at its exact time';
  if (mode === 'cursor') return `those that live for ${shortest} or more; shorter ones are counted`;
  return `those that are alive at a listing, each ${shortest}; others are not counted`;
};

const listed = ({ ownProcessesOnly }: GuestCheck): string =>
  ownProcessesOnly ? "of this user's processes" : 'of every process';

const usageText = (check: GuestCheck): string => {
  const { ownUsage, otherUsage } = check.access;
  if (!ownUsage && !otherUsage) return 'none';
  const whose = otherUsage === false ? "of this user's processes" : listed(check);
  return `${whose} that runs; of exited ones, CPU time as last read and by parent`;
};

/** Returns which answers this user gets on this guest. */
export const answersOf = (check: GuestCheck): Answer[] => {
  const { access, ownProcessesOnly } = check;
  const argumentsOf = access.otherArguments || ownProcessesOnly ? listed(check) : "of this user's processes";
  return [
    { question: 'spawns and exits', answer: processesText(check) },
    { question: 'parent and user', answer: listed(check) },
    { question: 'exit status', answer: exitStatusTexts[access.exitStatus] },
    { question: 'arguments', answer: `${argumentsOf} that still runs when they are read` },
    {
      question: 'cgroup and unit',
      answer: access.cgroups ? `${listed(check)} that still runs when it is read` : 'none',
    },
    {
      question: 'CPU and memory',
      answer: usageText(check),
    },
  ];
};

/** Returns what is not known here, and why. */
export const missingAnswers = (check: GuestCheck): string[] => {
  const { mode, kernelEvents, access, ownProcessesOnly, hiddenProcesses } = check;
  const noEvents = kernelEvents ? 'no kernel events' : 'kernel events were not asked for';
  const missing: string[] = [];
  if (mode !== 'kernel') {
    missing.push(`exact times, and processes of less than the shortest lifetime: ${noEvents}`);
    const unknown = access.exitStatus === 'seenAlive' ? 'were never seen alive' : 'are reaped at once';
    missing.push(`exit status of processes that ${unknown}: ${noEvents}`);
  }
  missing.push('arguments and cgroups of processes that exit before they are read');
  if (access.exitStatus === 'ownZombies') missing.push('exit status of other users: only root may read it');
  if (ownProcessesOnly) missing.push('processes of other users: /proc is mounted with hidepid');
  else if (hiddenProcesses > 0)
    missing.push(`${hiddenProcesses} listed processes: this user may not read them`);
  if (!access.otherArguments && !ownProcessesOnly)
    missing.push('arguments of other users: this user may not read them');
  if (!access.ownUsage && !access.otherUsage)
    missing.push('CPU and memory: this kernel does not report them');
  else if (access.otherUsage === false && !ownProcessesOnly)
    missing.push('CPU and memory of other users: this user may not read them');
  if (!access.cgroups) missing.push('cgroups, units and containers: this kernel has no cgroups');
  return missing;
};
