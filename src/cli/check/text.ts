import { release } from 'node:os';
import type { GuestCheck } from '../../capture/guest-check.ts';
import type { KernelEventCheck } from '../../capture/kernel-check.ts';
import { modeText } from '../../ui/text/capture-mode.ts';
import { formatDuration, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { answersOf, missingAnswers } from './answers.ts';

const percent = (share: number) => `${(share * 100).toFixed(1)} % of one core`;

const hiddenText = ({ mode, hiddenProcesses, ownProcessesOnly }: GuestCheck): string => {
  if (ownProcessesOnly && mode === 'kernel')
    return 'the names of programs of other users cannot be read (hidepid); their events are received';
  if (ownProcessesOnly)
    return 'processes of other users are not listed (hidepid); they count as missed at most';
  return hiddenProcesses === 0
    ? 'none'
    : `${groupDigits(hiddenProcesses)} listed processes that this user cannot read`;
};

/** Describes what files show, without a socket. */
const kernelText = (kernel: KernelEventCheck): string =>
  [
    printable(kernel.release),
    ...(kernel.hasConnector ? ['process connector'] : ['no process connector visible']),
    ...(kernel.inFirstPidNamespace ? ['first PID namespace'] : []),
    ...(kernel.inFirstUserNamespace ? ['first user namespace'] : []),
  ].join(', ');

/** A finding: title and text. The text is undefined if it does not apply. */
type Finding = readonly [string, (check: GuestCheck) => string | undefined];

/** Where churntop runs, and how it finds processes. */
const modeFindings: readonly Finding[] = [
  ['host', ({ info }) => printable(info.host)],
  ['mode', ({ mode, modeReason }) => `${modeText(mode)}: ${printable(modeReason)}`],
  [
    'kernel events',
    ({ kernelEvents }) => {
      if (!kernelEvents) return 'not checked';
      return kernelEvents.available ? undefined : `not available: ${printable(kernelEvents.reason)}`;
    },
  ],
];

const usageText = ({ access: { ownUsage, otherUsage } }: GuestCheck): string => {
  const results = { true: 'read', false: 'not readable', undefined: 'none is listed' };
  return `of a process of this user: ${results[`${ownUsage}`]}; of another user: ${results[`${otherUsage}`]}`;
};

/** Figures about this guest. */
const figures: readonly Finding[] = [
  ['kernel', ({ kernelEvents }) => (kernelEvents ? kernelText(kernelEvents) : printable(release()))],
  [
    'polling',
    ({ mode, pollingMode, pollingReason }) =>
      mode === pollingMode ? undefined : `${pollingMode}: ${printable(pollingReason)}`,
  ],
  [
    'sampling interval',
    ({ intervalNs, cpuUsage }) => `${formatDuration(intervalNs)}, with ${percent(cpuUsage)}`,
  ],
  [
    'shortest lifetime',
    ({ shortestLifetimeNs }) =>
      `${formatDuration(shortestLifetimeNs)}, observed in 99 of 100 cases at that interval`,
  ],
  ['missed tasks', ({ mode }) => (mode === 'walk' ? 'unknown (not counted in walk mode)' : 'counted')],
  ['hidden processes', hiddenText],
  ['CPU and memory', usageText],
  ['processes', ({ processes }) => groupDigits(processes)],
  ['PID namespace', ({ info }) => printable(info.pidNamespace)],
  ['pid_max', ({ pidMax }) => (pidMax === undefined ? 'unknown' : groupDigits(pidMax))],
  ['cost of a sample', ({ sampleCostNs }) => formatCost(sampleCostNs)],
  ['cost of a walk', ({ walkCostNs }) => formatCost(walkCostNs)],
];

/** Formats a cost. `formatDuration` would round microseconds to 0.0ms. */
const formatCost = (ns: bigint): string =>
  ns < 1_000_000n ? `${(Number(ns) / 1000).toFixed(1)}µs` : formatDuration(ns);

const linesOf = (findings: readonly Finding[], check: GuestCheck): string[] =>
  findings.flatMap(([name, finding]) => {
    const text = finding(check);
    return text === undefined ? [] : [`${name.padEnd(20)}${text}`];
  });

/** Returns the output of `churntop check`. */
export const checkText = (check: GuestCheck): string => {
  const { lastError } = check;
  return [
    ...linesOf(modeFindings, check),
    '',
    'What is known here',
    ...answersOf(check).map(({ question, answer }) => `  ${question.padEnd(18)}${answer}`),
    '',
    'What is missing',
    ...missingAnswers(check).map((text) => `  ${text}`),
    '',
    'Figures',
    ...linesOf(figures, check).map((line) => `  ${line}`),
    ...(lastError === undefined ? [] : [`  ${'last error'.padEnd(20)}${printable(lastError)}`]),
  ].join('\n');
};
