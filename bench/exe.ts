/**
 * `npm run bench:exe -- COMMAND…`: compares ways to ship churntop, by default the executable and the bundle. Prints
 * medians of wall and CPU time to the first frame and the first record. Then runs all commands at the same time and
 * prints their memory and CPU, after 10 s, for 10 s.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { cpuMs, rssMiB, sleep, spawnOnPty } from './ui/measure.ts';
import { median } from './ui/numbers.ts';

const runs = 9;
const settleMs = 10_000;
const idleMs = 10_000;
const size = { columns: 80, rows: 24 };

const args = process.argv.slice(2);
const commands = args.length > 0 ? args : ['build/churntop-linux-x64', `${process.execPath} bin/churntop.js`];

const measureFirstFrame = async (command: string[]) => {
  const session = spawnOnPty(command, size);
  const wall = (await session.waitFor('LIVE')) - session.started;
  const cpu = cpuMs(session.pid);
  await session.end();
  return { wall, cpu };
};

const measureFirstRecord = async ([file, ...args]: string[]) => {
  const started = performance.now();
  const child = spawn(file as string, [...args, '--ndjson'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const wall = performance.now() - started;
  child.kill('SIGKILL');
  await once(child, 'close');
  return wall;
};

/** Measures all commands at the same time, so that they see the same churn. */
const measureIdle = async (all: string[][]) => {
  const sessions = all.map((command) => spawnOnPty(command, size));
  await sleep(settleMs);
  const before = sessions.map(({ pid }) => cpuMs(pid));
  await sleep(idleMs);
  const results = sessions.map(({ pid }, index) => ({
    cpu: (cpuMs(pid) - (before[index] ?? 0)) / idleMs,
    rss: rssMiB(pid),
  }));
  for (const { end } of sessions) await end();
  return results;
};

type Times = { frame: number[]; cpu: number[]; record: number[] };
const times = new Map<string, Times>(
  commands.map((command) => [command, { frame: [], cpu: [], record: [] }]),
);
for (let run = 0; run < runs; run++) {
  for (const [command, { frame, cpu, record }] of times) {
    const first = await measureFirstFrame(command.split(' '));
    frame.push(first.wall);
    cpu.push(first.cpu);
    record.push(await measureFirstRecord(command.split(' ')));
  }
}

console.log(
  '| command | first frame, ms | CPU by then, ms | first record, ms | RSS, MiB | CPU, % of a core |',
);
console.log('| --- | --- | --- | --- | --- | --- |');
const results = await measureIdle(commands.map((command) => command.split(' ')));
for (const [index, [command, { frame, cpu, record }]] of [...times].entries()) {
  const { cpu: share, rss } = results[index] ?? { cpu: Number.NaN, rss: Number.NaN };
  const cells = [...[frame, cpu, record].map((values) => median(values).toFixed(0)), rss.toFixed(0)];
  console.log(`| ${command} | ${cells.join(' | ')} | ${(share * 100).toFixed(1)} |`);
}
