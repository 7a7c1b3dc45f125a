import { checkGuest, type GuestCheck } from '../../capture/guest-check.ts';
import { grouped, shortDuration } from '../../util/format.ts';
import { printable } from '../../util/text.ts';
import { Output } from '../support/output.ts';
import type { Call } from './context.ts';

const percent = (share: number) => `${(share * 100).toFixed(1)} % of a core`;

const hiddenText = ({ hidden, othersInvisible }: GuestCheck): string => {
  if (othersInvisible)
    return 'processes of other users are not listed (hidepid): theirs count as unseen at most';
  return hidden === 0 ? 'nothing' : `${grouped(hidden)} listed processes cannot be read by this user`;
};

/** What this guest allows, a line each: its name, then the finding. */
const findings: readonly (readonly [string, (check: GuestCheck) => string])[] = [
  ['host', ({ info }) => printable(info.host)],
  ['mode', ({ mode, why }) => `${mode}: ${printable(why)}`],
  ['rate reachable', ({ intervalNs, cpu }) => `a look every ${shortDuration(intervalNs)}, ${percent(cpu)}`],
  [
    'shortest life seen',
    ({ shortestLifeNs }) => `${shortDuration(shortestLifeNs)}, in 99 of 100 cases at that rate`,
  ],
  ['unseen', ({ mode }) => (mode === 'cursor' ? 'counted' : 'unknown: only the PID cursor could tell')],
  ['hidden', hiddenText],
  ['processes', ({ processes }) => grouped(processes)],
  ['pid_max', ({ pidMax }) => (pidMax === undefined ? 'not told' : grouped(pidMax))],
  ['cost of a look', ({ lookCostNs }) => shortCost(lookCostNs)],
  ['cost of a walk', ({ walkCostNs }) => shortCost(walkCostNs)],
];

/** Microseconds where `shortDuration` would read 0.0ms. */
const shortCost = (ns: bigint): string =>
  ns < 1_000_000n ? `${(Number(ns) / 1000).toFixed(1)}µs` : shortDuration(ns);

/** The lines `churntop check` prints. */
export const checkText = (check: GuestCheck): string => {
  const lines = findings.map(([name, finding]) => `${name.padEnd(20)}${finding(check)}`);
  if (check.trouble !== undefined) lines.push(`${'trouble'.padEnd(20)}${printable(check.trouble)}`);
  return lines.join('\n');
};

/** `churntop check` */
export const run = async ({ values }: Call): Promise<void> => {
  await new Output(process.stdout).write(`${checkText(await checkGuest(values.proc))}\n`);
};
