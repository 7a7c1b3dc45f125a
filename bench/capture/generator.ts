import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { built } from './build.ts';
import { parseTruth, type Truth } from './truth.ts';

export type ChildKind = 'fork' | 'named' | 'exec';

export type Churn = {
  kind: ChildKind;
  lifeMs: number;
  /** Births (or bursts) a second, at random moments; 0: as fast as one generator forks. */
  rate: number;
  burst?: number;
  /** Threads a second beside it that live 1 ms. */
  threads?: number;
};

const finished = async (child: ChildProcess, what: string): Promise<void> => {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (code !== 0) throw new Error(`${what} ended with ${code ?? signal}`);
};

const makeThreads = async (rate: number, seconds: number): Promise<void> => {
  const child = spawn(join(built, 'threads'), [String(rate), String(seconds), '1000'], { stdio: 'ignore' });
  await finished(child, 'threads');
};

export type ChurnRun = {
  seconds: number;
  prefix: string;
  /** Where the links to exec'd children and the log go. */
  folder: string;
  /** Default: a file in the folder. */
  log?: string;
};

/** Every child's comm begins with `prefix`, so that nobody else's process is taken for one. */
export const churnArguments = (churn: Churn, run: ChurnRun): string[] => [
  ...['--kind', churn.kind, '--life-us', String(churn.lifeMs * 1000), '--rate', String(churn.rate)],
  ...['--burst', String(churn.burst ?? 1), '--seconds', String(run.seconds), '--prefix', run.prefix],
  ...[
    '--links',
    run.folder,
    '--program',
    join(built, 'child'),
    '--log',
    run.log ?? join(run.folder, 'truth'),
  ],
  ...['--most', String(Math.min(8_000_000, Math.ceil(20_000 * (run.seconds + 1))))],
];

/** Churn whose truth is of no interest. */
export const stir = async (churn: Churn, run: ChurnRun): Promise<void> => {
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  const child = spawn(join(built, 'churn'), churnArguments(churn, run), { stdio: [...stdio] });
  await Promise.all([
    finished(child, 'churn'),
    churn.threads ? makeThreads(churn.threads, run.seconds) : undefined,
  ]);
};

export const runChurn = async (churn: Churn, run: ChurnRun): Promise<Truth> => {
  await stir(churn, run);
  return parseTruth(readFileSync(join(run.folder, 'truth'), 'utf8'));
};
