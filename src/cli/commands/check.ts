import { checkGuest, type GuestCheck } from '../../capture/guest-check.ts';
import { formatDuration, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { Output } from '../support/output.ts';
import type { CommandContext } from './context.ts';

const percent = (share: number) => `${(share * 100).toFixed(1)} % of one core`;

const hiddenText = ({ hiddenProcesses, ownProcessesOnly }: GuestCheck): string => {
  if (ownProcessesOnly)
    return 'processes of other users are not listed (hidepid); they count as missed at most';
  return hiddenProcesses === 0
    ? 'none'
    : `${groupDigits(hiddenProcesses)} listed processes that this user cannot read`;
};

/** Findings about this guest, one per line: title and text. */
const findings: readonly (readonly [string, (check: GuestCheck) => string])[] = [
  ['host', ({ info }) => printable(info.host)],
  ['mode', ({ mode, modeReason }) => `${mode}: ${printable(modeReason)}`],
  [
    'sampling interval',
    ({ intervalNs, cpuUsage }) => `${formatDuration(intervalNs)}, with ${percent(cpuUsage)}`,
  ],
  [
    'shortest lifetime',
    ({ shortestLifetimeNs }) =>
      `${formatDuration(shortestLifetimeNs)}, observed in 99 of 100 cases at that interval`,
  ],
  ['missed tasks', ({ mode }) => (mode === 'cursor' ? 'counted' : 'unknown (counted in cursor mode only)')],
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
  const lines = findings.map(([name, finding]) => `${name.padEnd(20)}${finding(check)}`);
  if (check.lastError !== undefined) lines.push(`${'last error'.padEnd(20)}${printable(check.lastError)}`);
  return lines.join('\n');
};

/** Runs `churntop check`. */
export const runCheck = async ({ values }: CommandContext): Promise<void> => {
  await new Output(process.stdout).write(`${checkText(await checkGuest(values.proc))}\n`);
};
