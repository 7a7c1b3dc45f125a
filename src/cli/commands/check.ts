import { checkGuest, type GuestCheck } from '../../capture/guest-check.ts';
import { formatDuration, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/text.ts';
import { Output } from '../support/output.ts';
import type { CommandContext } from './context.ts';

const percent = (share: number) => `${(share * 100).toFixed(1)} % of a core`;

const hiddenText = ({ hiddenProcesses, ownProcessesOnly }: GuestCheck): string => {
  if (ownProcessesOnly)
    return 'processes of other users are not listed (hidepid): theirs count as unseen at most';
  return hiddenProcesses === 0
    ? 'nothing'
    : `${groupDigits(hiddenProcesses)} listed processes cannot be read by this user`;
};

/** What this guest allows, a line each: its name, then the finding. */
const findings: readonly (readonly [string, (check: GuestCheck) => string])[] = [
  ['host', ({ info }) => printable(info.host)],
  ['mode', ({ mode, modeReason }) => `${mode}: ${printable(modeReason)}`],
  [
    'rate reachable',
    ({ intervalNs, cpuUsage }) => `a look every ${formatDuration(intervalNs)}, ${percent(cpuUsage)}`,
  ],
  [
    'shortest life seen',
    ({ shortestLifetimeNs }) => `${formatDuration(shortestLifetimeNs)}, in 99 of 100 cases at that rate`,
  ],
  ['unseen', ({ mode }) => (mode === 'cursor' ? 'counted' : 'unknown: only the PID cursor could tell')],
  ['hidden', hiddenText],
  ['processes', ({ processes }) => groupDigits(processes)],
  ['pid_max', ({ pidMax }) => (pidMax === undefined ? 'not told' : groupDigits(pidMax))],
  ['cost of a look', ({ sampleCostNs }) => formatCost(sampleCostNs)],
  ['cost of a walk', ({ walkCostNs }) => formatCost(walkCostNs)],
];

/** Microseconds where `shortDuration` would read 0.0ms. */
const formatCost = (ns: bigint): string =>
  ns < 1_000_000n ? `${(Number(ns) / 1000).toFixed(1)}µs` : formatDuration(ns);

/** The lines `churntop check` prints. */
export const checkText = (check: GuestCheck): string => {
  const lines = findings.map(([name, finding]) => `${name.padEnd(20)}${finding(check)}`);
  if (check.lastError !== undefined) lines.push(`${'trouble'.padEnd(20)}${printable(check.lastError)}`);
  return lines.join('\n');
};

/** `churntop check` */
export const runCheck = async ({ values }: CommandContext): Promise<void> => {
  await new Output(process.stdout).write(`${checkText(await checkGuest(values.proc))}\n`);
};
