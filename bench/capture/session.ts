import { setTimeout as delay } from 'node:timers/promises';
import { type Accounting, accountFor, meanIntervalNs } from './accounting.ts';
import type { Cell } from './cells.ts';
import { type Contestant, type ContestantName, startContestant } from './contestant.ts';
import { runChurn } from './generator.ts';
import { matchLives } from './match.ts';
import { isWithin, type Report, type Span } from './observation.ts';
import { disorder, type Score, scoreOf } from './score.ts';
import type { Truth } from './truth.ts';
import { type Shares, sharesBetween } from './usage.ts';

type CellRun = { cell: Cell; prefix: string; truth: Truth; span: Span; shares: Map<ContestantName, Shares> };

/** How one contestant did in one cell. */
export type Outcome = {
  cell: string;
  who: ContestantName;
  score: Score;
  shares: Shares;
  /** Records told out of order, over the cell. */
  disorder: number;
  /** Children a second, as the generator managed. */
  pace: number;
  meanIntervalNs: number | undefined;
  accounting: Accounting | undefined;
};

/** Long enough for everyone's first look, and for whatever runs fast after a start to slow down. */
const settleMs = 2500;
/** After a cell: the slowest walk has come by, and a status was told. */
const drainMs = 1500;

/** All cells one after the other, the contestants running through, side by side. */
export const runSession = async (options: {
  cells: readonly Cell[];
  names: readonly ContestantName[];
  seconds: number;
  folder: string;
}): Promise<Outcome[]> => {
  const contestants = options.names.map((name) => startContestant(name, options.folder));
  const runs: CellRun[] = [];
  try {
    await delay(settleMs);
    for (const [index, cell] of options.cells.entries()) {
      // No prefix begins another: a child's own number follows in hexadecimal, which has no q.
      runs.push(await runCell(cell, `q${index}q`, contestants, options));
    }
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
  }
  return contestants.flatMap(({ name, report }) => {
    const told = report();
    return runs.map((run) => judge(run, name, told));
  });
};

const runCell = async (
  cell: Cell,
  prefix: string,
  contestants: readonly Contestant[],
  { seconds, folder }: { seconds: number; folder: string },
): Promise<CellRun> => {
  const before = contestants.map((contestant) => contestant.usage());
  const fromNs = process.hrtime.bigint();
  const truth = await runChurn(cell.churn, { seconds, prefix, folder });
  const shares = new Map(
    contestants.map((contestant, at) => [contestant.name, sharesBetween(before[at]!, contestant.usage())]),
  );
  await delay(drainMs);
  return { cell, prefix, truth, span: { fromNs, toNs: process.hrtime.bigint() }, shares };
};

const judge = (
  { cell, prefix, truth, span, shares }: CellRun,
  who: ContestantName,
  told: Report,
): Outcome => {
  const within = told.observations.filter(({ ns }) => isWithin(span, ns));
  const score = scoreOf(matchLives(truth, told.observations, prefix, span));
  const first = truth.lives[0]?.forkNs ?? 0n;
  const last = truth.lives.at(-1)?.forkNs ?? 0n;
  return {
    cell: cell.name,
    who,
    score,
    shares: shares.get(who)!,
    disorder: disorder(within),
    pace: last > first ? (truth.lives.length * 1e9) / Number(last - first) : 0,
    meanIntervalNs: meanIntervalNs(told.statuses, span),
    accounting: accountFor(told.statuses, span, {
      forked: score.children,
      missed: score.children - score.seen,
    }),
  };
};
