/** `npm run bench:replay [RECORDS]`: measures replay of a trace of 8 million records, for docs/guide/replay.md. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { workerPlugin } from '../scripts/build/worker-plugin.ts';
import type { EventSource } from '../src/domain/source/event-source.ts';
import type { ReplayStatus } from '../src/domain/source/replay-control.ts';
import { seededUniform } from '../test/support/fixtures/random.ts';
import { syntheticEvents, syntheticTrace } from '../test/support/fixtures/synthetic-trace.ts';

const [amount = '8000000', target] = process.argv.slice(2);
const folder = target === undefined ? mkdtempSync(join(tmpdir(), 'churntop-bench-')) : '';
const path = target ?? join(folder, 'trace.ndjson');

/** Writes the trace in a process of its own, so that its memory is not measured. */
const writeTrace = async (to: string): Promise<void> => {
  const handle: FileHandle = await open(to, 'wx');
  let left = Number(amount);
  let piece = '';
  for (const line of syntheticTrace(syntheticEvents(left, { perSecond: 700 }))) {
    piece += line;
    left--;
    if (piece.length < 1 << 20 && left > 0) continue;
    await handle.write(piece);
    piece = '';
    if (left <= 0) break;
  }
  await handle.close();
};

const megabytesOf = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
const at = (sorted: readonly number[], share: number) =>
  `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)} ms`;
const report = (label: string, value: string) => process.stdout.write(`${label.padEnd(44)}${value}\n`);

const measureReplay = async (): Promise<void> => {
  // Workers are available as text only in a bundle.
  const bundle = join(folder, 'replay.mjs');
  await build({
    entryPoints: ['src/trace/replay/open-replay.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifySyntax: true,
    plugins: [workerPlugin()],
    logLevel: 'warning',
  });
  const { openReplay } = (await import(bundle)) as typeof import('../src/trace/replay/open-replay.ts');

  execFileSync(process.execPath, [fileURLToPath(import.meta.url), amount, path], { stdio: 'inherit' });
  report('trace', `${megabytesOf(statSync(path).size)}, ${(Number(amount) / 1e6).toFixed(1)} M records`);

  const started = performance.now();
  const source: EventSource = await openReplay([path]);
  let status = source.replay?.status() as ReplayStatus;
  let onSystemState = () => {};
  let onStatus = () => {};
  let peak = 0;
  const nextSystemState = () =>
    new Promise<void>((resolve) => {
      onSystemState = resolve;
    });
  const first = nextSystemState();
  source.start({
    onBatch: () => {},
    onStatus: () => {},
    onError: (error) => {
      throw error;
    },
    onSystemState: () => onSystemState(),
    onReplayStatus: (next) => {
      status = next;
      peak = Math.max(peak, process.memoryUsage().rss);
      onStatus();
    },
  });
  await first;
  report('first system state, from the start', `${Math.round(performance.now() - started)} ms`);
  source.replay?.send({ type: 'togglePlay' });

  const measureSeek = async (share: number): Promise<number> => {
    const from = performance.now();
    const arrived = nextSystemState();
    source.replay?.send({ type: 'scrubTo', share });
    await arrived;
    return performance.now() - from;
  };
  const random = seededUniform(7);
  const measureSeeks = async (count: number, until: () => boolean = () => false): Promise<number[]> => {
    const took: number[] = [];
    while (took.length < count && !until()) took.push(await measureSeek(random()));
    return took.sort((a, b) => a - b);
  };
  const reportTimes = (label: string, times: readonly number[]) =>
    report(label, `p50 ${at(times, 0.5)}, p95 ${at(times, 0.95)}, max ${at(times, 1)} (${times.length})`);

  await new Promise<void>((resolve) => {
    onStatus = () => {
      if (status.indexedShare > 0.3) resolve();
    };
  });
  reportTimes(
    'seeks in the indexed part, while indexing',
    await measureSeeks(50, () => status.indexedShare >= 1),
  );
  await new Promise<void>((resolve) => {
    onStatus = () => {
      if (status.indexedShare >= 1) resolve();
    };
    onStatus();
  });
  report('indexed after', `${((performance.now() - started) / 1000).toFixed(1)} s`);
  reportTimes('seeks anywhere', await measureSeeks(300));
  const steps: number[] = [];
  for (let index = 0; index < 100; index++) {
    const from = performance.now();
    const arrived = nextSystemState();
    source.replay?.send({ type: 'step', events: -1 });
    await arrived;
    steps.push(performance.now() - from);
  }
  reportTimes(
    'steps back',
    steps.sort((a, b) => a - b),
  );
  report('maximum RSS, with the index thread', megabytesOf(peak));
  const { heapUsed, external, rss } = process.memoryUsage();
  report('final RSS; heap of this thread; external', [rss, heapUsed, external].map(megabytesOf).join(', '));
  await source.stop();
};

try {
  await (target === undefined ? measureReplay() : writeTrace(target));
} finally {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
}
