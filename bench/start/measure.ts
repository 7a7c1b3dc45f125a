import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { spawnOnPty } from '../ui/measure.ts';

/** Measures the time until Node exits, ms. */
export const untilExit = (...args: string[]): Promise<number> =>
  new Promise<number>((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    child.on('exit', () => resolve(performance.now() - started));
  });

/** Measures the time until a complete line with the text arrives through a pipe, ms. */
export const untilLine = (expected: string, ...args: string[]): Promise<number> =>
  new Promise<number>((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    let ms: number | undefined;
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const at = text.indexOf(expected);
      if (ms !== undefined || at < 0 || !text.includes('\n', at)) return;
      ms = performance.now() - started;
      child.kill('SIGKILL');
    });
    child.on('exit', () => resolve(ms ?? Number.NaN));
  });

/** Measures the time until a program has drawn the text on a terminal of 80x24, ms. */
export const untilDrawn = async (program: string, expected: string): Promise<number> => {
  const session = spawnOnPty([process.execPath, program], { columns: 80, rows: 24 }, { LC_ALL: 'C.UTF-8' });
  const ms = (await session.waitFor(expected)) - session.started;
  await session.end();
  return ms;
};
