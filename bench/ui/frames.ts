import { readFileSync } from 'node:fs';
import type { spawnOnPty } from './measure.ts';
import { median, quantile } from './numbers.ts';
import type { Frame } from './screen.tsx';
import { oneDecimal } from './table.ts';

/** Quits the screen under load. Returns the frames that it has written to the file. */
export const quitForFrames = async (
  session: ReturnType<typeof spawnOnPty>,
  resultFile: string,
): Promise<Frame[]> => {
  const written = session.waitFor('frames written');
  session.type('q');
  await written;
  await session.end();
  return JSON.parse(readFileSync(resultFile, 'utf8')) as Frame[];
};

/** The titles of `frameFigures`. */
export const frameTitles = ['frame CPU, median, ms', 'p95', 'frames/s', 'main thread %'] as const;

/** Returns figures of frames drawn within a span: their CPU times, and the CPU time of the main thread, ms. */
export const frameFigures = (
  cpuMs: readonly number[],
  { spanMs, mainMs }: { spanMs: number; mainMs: number },
): string[] => [
  oneDecimal(median(cpuMs)),
  oneDecimal(quantile(cpuMs, 0.95)),
  oneDecimal((cpuMs.length * 1000) / spanMs),
  oneDecimal((mainMs * 100) / spanMs),
];
