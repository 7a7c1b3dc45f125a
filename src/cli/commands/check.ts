import { release } from 'node:os';
import { checkGuest, type GuestCheck } from '../../capture/guest-check.ts';
import type { KernelEventCheck } from '../../capture/kernel-check.ts';
import { toJson } from '../../trace/format/json.ts';
import { formatDuration, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { Output } from '../support/output.ts';
import type { CommandContext } from './context.ts';

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

const kernelEventText = ({ available, reason }: KernelEventCheck): string =>
  `${available ? 'available' : 'not available'}: ${printable(reason)}`;

/** Describes what files show, without a socket. */
const kernelText = (kernel: KernelEventCheck): string =>
  [
    printable(kernel.release),
    ...(kernel.hasConnector ? ['process connector'] : ['no process connector visible']),
    ...(kernel.inFirstPidNamespace ? ['first PID namespace'] : []),
    ...(kernel.inFirstUserNamespace ? ['first user namespace'] : []),
  ].join(', ');

/** Findings about this guest, one per line: title and text; undefined if it does not apply. */
const findings: readonly (readonly [string, (check: GuestCheck) => string | undefined])[] = [
  ['host', ({ info }) => printable(info.host)],
  ['mode', ({ mode, modeReason }) => `${mode}: ${printable(modeReason)}`],
  ['kernel events', ({ kernelEvents }) => (kernelEvents ? kernelEventText(kernelEvents) : 'not checked')],
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
  ['processes', ({ processes }) => groupDigits(processes)],
  ['PID namespace', ({ info }) => printable(info.pidNamespace)],
  ['pid_max', ({ pidMax }) => (pidMax === undefined ? 'unknown' : groupDigits(pidMax))],
  ['cost of a sample', ({ sampleCostNs }) => formatCost(sampleCostNs)],
  ['cost of a walk', ({ walkCostNs }) => formatCost(walkCostNs)],
];

/** Formats a cost. `formatDuration` would round microseconds to 0.0ms. */
const formatCost = (ns: bigint): string =>
  ns < 1_000_000n ? `${(Number(ns) / 1000).toFixed(1)}µs` : formatDuration(ns);

/** Returns the output of `churntop check`. */
export const checkText = (check: GuestCheck): string => {
  const lines = findings.flatMap(([name, finding]) => {
    const text = finding(check);
    return text === undefined ? [] : [`${name.padEnd(20)}${text}`];
  });
  if (check.lastError !== undefined) lines.push(`${'last error'.padEnd(20)}${printable(check.lastError)}`);
  return lines.join('\n');
};

/** Returns the output of `churntop check --json`. Durations are whole nanoseconds. */
export const checkJson = ({ info, kernelEvents, ...check }: GuestCheck) => ({
  check: 1,
  host: info.host,
  mode: check.mode,
  mode_reason: check.modeReason,
  kernel_events: kernelEvents && {
    available: kernelEvents.available,
    reason: kernelEvents.reason,
    release: kernelEvents.release,
    connector: kernelEvents.hasConnector,
    first_pid_namespace: kernelEvents.inFirstPidNamespace,
    first_user_namespace: kernelEvents.inFirstUserNamespace,
  },
  polling: {
    mode: check.pollingMode,
    reason: check.pollingReason,
    interval_ns: check.intervalNs,
    shortest_lifetime_ns: check.shortestLifetimeNs,
    cpu: check.cpuUsage,
    sample_ns: check.sampleCostNs,
    walk_ns: check.walkCostNs,
  },
  processes: check.processes,
  hidden: check.hiddenProcesses,
  own_processes_only: check.ownProcessesOnly,
  pid_ns: info.pidNamespace,
  pid_max: check.pidMax,
  last_error: check.lastError,
});

/** Runs `churntop check`. */
export const runCheck = async ({ values }: CommandContext): Promise<void> => {
  const check = await checkGuest(values.proc, values.source);
  const text = values.json ? toJson(checkJson(check)) : checkText(check);
  await new Output(process.stdout).write(`${text}\n`);
};
