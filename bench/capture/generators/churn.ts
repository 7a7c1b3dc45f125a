import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder } from '../build.ts';
import { parseTruth, type Truth } from './truth.ts';

export type ChildKind = 'fork' | 'named' | 'exec';

/** A kind of churn that the generator produces. */
export type Churn = {
  kind: ChildKind;
  lifetimeMs: number;
  /** Spawns (or bursts) per second, at random times. 0: as many as one generator can fork. */
  rate: number;
  /** Spawns per burst. Default: 1. */
  burst?: number;
  /** Additional threads per second, each with a lifetime of 1 ms. */
  threads?: number;
};

const exited = async (child: ChildProcess, name: string): Promise<void> => {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (code !== 0) throw new Error(`${name} exited with ${code ?? signal}`);
};

const runThreads = async (rate: number, seconds: number): Promise<void> => {
  const args = [String(rate), String(seconds), '1000'];
  await exited(spawn(join(buildFolder, 'threads'), args, { stdio: 'ignore' }), 'threads');
};

export type ChurnRun = {
  seconds: number;
  prefix: string;
  /** Folder of the log, and of the links to exec'd children. */
  folder: string;
  /** Path of the log. Default: a file in the folder. */
  log?: string;
};

/** Returns the generator's arguments. Every child's comm starts with `prefix`, to distinguish it from other processes. */
export const churnArguments = (churn: Churn, run: ChurnRun): string[] => [
  ...['--kind', churn.kind, '--life-us', String(churn.lifetimeMs * 1000), '--rate', String(churn.rate)],
  ...['--burst', String(churn.burst ?? 1), '--seconds', String(run.seconds), '--prefix', run.prefix],
  ...['--links', run.folder, '--program', join(buildFolder, 'child')],
  ...['--log', run.log ?? join(run.folder, 'truth')],
  ...['--max', String(Math.min(8_000_000, Math.ceil(20_000 * (run.seconds + 1))))],
];

/** Runs the generator. */
export const runChurn = async (churn: Churn, run: ChurnRun): Promise<void> => {
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  const child = spawn(join(buildFolder, 'churn'), churnArguments(churn, run), { stdio: [...stdio] });
  await Promise.all([
    exited(child, 'churn'),
    churn.threads ? runThreads(churn.threads, run.seconds) : undefined,
  ]);
};

/** Runs the generator and reads its ground truth. */
export const runChurnWithTruth = async (churn: Churn, run: ChurnRun): Promise<Truth> => {
  await runChurn(churn, run);
  return parseTruth(readFileSync(join(run.folder, 'truth'), 'utf8'));
};
