/** `npm run bench:replay [RECORDS]`: what replay costs on a trace of 8 million records, as docs/replay.md tells it. */
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
import { seededRandom, syntheticEvents, syntheticTrace } from '../test/support/fixtures/synthetic-trace.ts';

const [amount = '8000000', target] = process.argv.slice(2);
const folder = target === undefined ? mkdtempSync(join(tmpdir(), 'churntop-bench-')) : '';
const path = target ?? join(folder, 'trace.ndjson');

/** On a process of its own, so that what it took is not counted. */
const write = async (to: string): Promise<void> => {
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
const report = (what: string, value: string) => process.stdout.write(`${what.padEnd(44)}${value}\n`);

const run = async (): Promise<void> => {
  // Workers are text only in a bundle.
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

  const begun = performance.now();
  const source: EventSource = await openReplay([path]);
  let status = source.replay?.status() as ReplayStatus;
  let onWorld = () => {};
  let onStatus = () => {};
  let peak = 0;
  const world = () =>
    new Promise<void>((resolve) => {
      onWorld = resolve;
    });
  const first = world();
  source.start({
    onBatch: () => {},
    onStatus: () => {},
    onError: (error) => {
      throw error;
    },
    onSystemState: () => onWorld(),
    onReplayStatus: (next) => {
      status = next;
      peak = Math.max(peak, process.memoryUsage().rss);
      onStatus();
    },
  });
  await first;
  report('first world, from nothing', `${Math.round(performance.now() - begun)} ms`);
  source.replay?.send({ do: 'togglePlay' });

  const jump = async (share: number): Promise<number> => {
    const from = performance.now();
    const arrived = world();
    source.replay?.send({ do: 'moveTo', share });
    await arrived;
    return performance.now() - from;
  };
  const random = seededRandom(7);
  const jumps = async (count: number, until: () => boolean = () => false): Promise<number[]> => {
    const took: number[] = [];
    while (took.length < count && !until()) took.push(await jump(random()));
    return took.sort((a, b) => a - b);
  };
  const tell = (what: string, took: readonly number[]) =>
    report(what, `p50 ${at(took, 0.5)}, p95 ${at(took, 0.95)}, max ${at(took, 1)} (${took.length})`);

  await new Promise<void>((resolve) => {
    onStatus = () => {
      if (status.indexedShare > 0.3) resolve();
    };
  });
  tell('jumps within what is known, while indexing', await jumps(50, () => status.indexedShare >= 1));
  await new Promise<void>((resolve) => {
    onStatus = () => {
      if (status.indexedShare >= 1) resolve();
    };
    onStatus();
  });
  report('indexed after', `${((performance.now() - begun) / 1000).toFixed(1)} s`);
  tell('jumps anywhere', await jumps(300));
  const steps: number[] = [];
  for (let index = 0; index < 100; index++) {
    const from = performance.now();
    const arrived = world();
    source.replay?.send({ do: 'step', events: -1 });
    await arrived;
    steps.push(performance.now() - from);
  }
  tell(
    'steps back',
    steps.sort((a, b) => a - b),
  );
  report('RSS at most, with the index thread', megabytesOf(peak));
  const { heapUsed, external, rss } = process.memoryUsage();
  report(
    'RSS now; heap of this thread, outside of it',
    [rss, heapUsed, external].map(megabytesOf).join(', '),
  );
  await source.stop();
};

try {
  await (target === undefined ? run() : write(target));
} finally {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
}
