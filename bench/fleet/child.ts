import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { cpuMs, rssMiB, sleep } from '../ui/measure.ts';
import { programFolder } from './build.ts';
import type { Question } from './programs/answers.ts';

const endings = new Set<() => Promise<void>>();

/** Lets `endAll` call a function that ends a program, until the returned function is called. */
export const endWithBench = (end: () => Promise<void>): (() => void) => {
  endings.add(end);
  return () => endings.delete(end);
};

/** Ends all programs that run. */
export const endAll = async (): Promise<void> => {
  for (const end of endings) await end();
};

/** A program of the benchmark that answers questions. */
export class Child {
  readonly #process: ChildProcess;
  /** The questions that wait for an answer. */
  readonly #waiting: { resolve: (answer: never) => void; reject: (error: Error) => void }[] = [];

  readonly #forget: () => void;

  /** Starts a program. `input`: what it reads on standard input. `env`: additional variables. */
  constructor(
    name: string,
    args: readonly (string | number)[],
    { input, env = {} }: { input?: Readable; env?: Readonly<Record<string, string>> } = {},
  ) {
    const file = join(programFolder, `${name}.mjs`);
    const stdio: StdioOptions = [input ?? 'ignore', name === 'feeder' ? 'pipe' : 'inherit', 'inherit', 'ipc'];
    this.#process = spawn(process.execPath, [file, ...args.map(String)], {
      stdio,
      env: { ...process.env, ...env },
    });
    this.#process.on('message', (answer) => this.#waiting.shift()?.resolve(answer as never));
    this.#process.on('exit', () => {
      for (const { reject } of this.#waiting) reject(new Error(`${name}: exited`));
    });
    this.#forget = endWithBench(() => this.kill());
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  get output(): Readable {
    return this.#process.stdout as Readable;
  }

  /** Asks a question. @throws Error if the program has exited */
  ask<T>(question: Question): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.send(question, (error) => error && reject(error));
    });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#forget();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill(signal);
    await exit;
  }
}

/** CPU time of processes, as shares of a core, and the maximum of their memory, MB. */
export type Use = { cpu: number; rssMB: number };

/** Measures processes for some seconds. */
export const measureUse = async <Name extends string>(
  pids: Readonly<Record<Name, number>>,
  seconds: number,
): Promise<Record<Name, Use>> => {
  const names = Object.keys(pids) as Name[];
  const before = new Map(names.map((name) => [name, cpuMs(pids[name])]));
  const rss = new Map<Name, number>();
  const startMs = performance.now();
  for (let second = 0; second < seconds; second++) {
    await sleep(startMs + (second + 1) * 1_000 - performance.now());
    for (const name of names) rss.set(name, Math.max(rss.get(name) ?? 0, rssMiB(pids[name]) * 1.048_576));
  }
  const elapsedMs = performance.now() - startMs;
  const useOf = (name: Name): Use => ({
    cpu: (cpuMs(pids[name]) - (before.get(name) as number)) / elapsedMs,
    rssMB: rss.get(name) as number,
  });
  return Object.fromEntries(names.map((name) => [name, useOf(name)])) as Record<Name, Use>;
};

/** Waits until a condition holds, up to a limit. Returns the time that it took, ms; undefined at the limit. */
export const waitUntil = async (
  condition: () => Promise<boolean> | boolean,
  { limitMs, fromMs = performance.now() }: { limitMs: number; fromMs?: number },
): Promise<number | undefined> => {
  for (;;) {
    const isMet = await condition();
    const elapsedMs = performance.now() - fromMs;
    if (isMet) return elapsedMs;
    if (elapsedMs > limitMs) return undefined;
    await sleep(20);
  }
};
