/** `npm run bench:record [KILLS]`: measures the cost of recording, and checks that kill -9 loses no complete line. */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { workerPlugin } from '../../scripts/build/worker-plugin.ts';
import { buildBench } from '../capture/build.ts';
import { runChurn } from '../capture/generators/churn.ts';
import { killAtRandom } from './kill.ts';

const kills = Number(process.argv[2] ?? 200);
const rounds = 3;
const seconds = 10;
/** Each process spawns and exits: 5,000 events a second. */
const churn = { kind: 'fork', lifetimeMs: 1, rate: 2500 } as const;

const program = resolve('build/bench/record-program.mjs');
const folder = mkdtempSync(join(tmpdir(), 'churntop-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const print = (text: string) => process.stdout.write(`${text}\n`);
const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

type Live = { coverage: number; eventsPerSecond: number; recorder: number; sampler: number; lost?: number };

const measureLive = async (path: string): Promise<Live> => {
  const child = spawn(process.execPath, [program, 'live', String(seconds), path], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let json = '';
  child.stdout.on('data', (data) => {
    json += data;
  });
  const exit = new Promise((done) => child.once('close', done));
  await new Promise((ready) => child.stderr.once('data', ready));
  await Promise.all([exit, runChurn(churn, { seconds: seconds + 1, prefix: 'rb', folder })]);
  return JSON.parse(json);
};

await buildBench();
await build({
  entryPoints: [resolve('bench/record/program.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  plugins: [workerPlugin()],
  logLevel: 'warning',
});

const { stdout } = await promisify(execFile)(process.execPath, [program, 'fed', '20', join(folder, 'fed')]);
const fed = JSON.parse(stdout);
print(
  `fed ${Math.round(fed.eventsPerSecond)} events/s: recorder ${percent(fed.recorder)} of a core, ${Math.round(fed.bytesPerSecond / 1024)} KiB/s, ${fed.dropped} dropped`,
);

for (let round = 1; round <= rounds; round++) {
  for (const recorded of [false, true]) {
    const live = await measureLive(recorded ? join(folder, `live-${round}`) : '');
    const rest = recorded ? `, recorder ${percent(live.recorder)}, ${live.lost} lost` : '';
    print(
      `round ${round} ${recorded ? 'with   ' : 'without'} a recorder: coverage ${percent(live.coverage)} at ${Math.round(live.eventsPerSecond)} events/s, sampler ${percent(live.sampler)}${rest}`,
    );
  }
}

if (kills > 0) {
  const { torn, lost, bad, holes, bytes } = await killAtRandom(kills, folder);
  print(
    `${kills} times kill -9: ${torn} torn last lines, ${lost} files with lost lines, ${bad} invalid lines, ${holes} holes, ${bytes} bytes`,
  );
}
