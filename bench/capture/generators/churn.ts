import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildFolder } from '../build.ts';
import { parseTruth, type Truth } from './truth.ts';

export type ChildKind = 'fork' | 'named' | 'exec' | 'vfork';

/** A kind of churn that the generator produces. */
export type Churn = {
  kind: ChildKind;
  lifetimeMs: number;
  /** Spawns (or bursts) per second, at random times. 0: as many as one generator can fork. */
  rate: number;
  /** Spawns per burst. Default: 1. */
  burst?: number;
  /** Additional threads per second, each with a lifetime of 1 ms. 0: as many as one process can create. */
  threads?: number;
  /** Whether all cores are busy: one process per core only computes. */
  busy?: boolean;
};

const exited = async (child: ChildProcess, name: string): Promise<void> => {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (code !== 0) throw new Error(`${name} exited with ${code ?? signal}`);
};

/** Returns the number of threads created. */
const runThreads = async (rate: number, seconds: number): Promise<number> => {
  const args = [String(rate), String(seconds), '1000'];
  const { stdout } = await promisify(execFile)(join(buildFolder, 'threads'), args);
  return (JSON.parse(stdout) as { threads: number }).threads;
};

const runBusy = async (seconds: number): Promise<void> => {
  const args = [String(availableParallelism()), String(Math.ceil(seconds))];
  await exited(spawn(join(buildFolder, 'busy'), args, { stdio: 'ignore' }), 'busy');
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
  ...['--max', String(Math.min(8_000_000, Math.ceil(60_000 * (run.seconds + 1))))],
];

/** Runs the generator. Returns the number of threads created. */
export const runChurn = async (churn: Churn, run: ChurnRun): Promise<number> => {
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  const child = spawn(join(buildFolder, 'churn'), churnArguments(churn, run), { stdio: [...stdio] });
  const [threads] = await Promise.all([
    churn.threads === undefined ? 0 : runThreads(churn.threads, run.seconds),
    churn.busy ? runBusy(run.seconds) : undefined,
    exited(child, 'churn'),
  ]);
  return threads;
};

/** Runs the generator and reads its ground truth. */
export const runChurnWithTruth = async (
  churn: Churn,
  run: ChurnRun,
): Promise<Truth & { threads: number }> => {
  const threads = await runChurn(churn, run);
  return { ...parseTruth(readFileSync(join(run.folder, 'truth'), 'utf8')), threads };
};
