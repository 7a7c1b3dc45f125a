/**
 * `npm run bench:exe -- COMMAND…`: what a way to ship costs, side by side: first frame and first record (wall and CPU
 * time, medians), and with all of them watching at once memory and CPU, after ten seconds for ten. By default the executable and the bundle.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { cpuMs, onTerminal, rssMiB, sleep } from './ui/measure.ts';
import { median } from './ui/numbers.ts';

const runs = 9;
const settleMs = 10_000;
const quietMs = 10_000;
const size = { columns: 80, rows: 24 };

const given = process.argv.slice(2);
const commands =
  given.length > 0 ? given : ['build/churntop-linux-x64', `${process.execPath} bin/churntop.js`];

const firstFrame = async (command: string[]) => {
  const session = onTerminal(command, size);
  const wall = (await session.see('LIVE')) - session.started;
  const cpu = cpuMs(session.pid);
  await session.end();
  return { wall, cpu };
};

const firstRecord = async ([file, ...args]: string[]) => {
  const started = performance.now();
  const child = spawn(file as string, [...args, '--ndjson'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const wall = performance.now() - started;
  child.kill('SIGKILL');
  await once(child, 'close');
  return wall;
};

/** All at once, so that all see the same churn. */
const watching = async (all: string[][]) => {
  const sessions = all.map((command) => onTerminal(command, size));
  await sleep(settleMs);
  const before = sessions.map(({ pid }) => cpuMs(pid));
  await sleep(quietMs);
  const results = sessions.map(({ pid }, index) => ({
    cpu: (cpuMs(pid) - (before[index] ?? 0)) / quietMs,
    rss: rssMiB(pid),
  }));
  for (const { end } of sessions) await end();
  return results;
};

type Times = { frame: number[]; cpu: number[]; record: number[] };
const times = new Map<string, Times>(commands.map((each) => [each, { frame: [], cpu: [], record: [] }]));
for (let run = 0; run < runs; run++) {
  for (const [command, { frame, cpu, record }] of times) {
    const first = await firstFrame(command.split(' '));
    frame.push(first.wall);
    cpu.push(first.cpu);
    record.push(await firstRecord(command.split(' ')));
  }
}

console.log(
  '| command | first frame, ms | CPU by then, ms | first record, ms | RSS, MiB | CPU, % of a core |',
);
console.log('| --- | --- | --- | --- | --- | --- |');
const results = await watching(commands.map((command) => command.split(' ')));
for (const [index, [command, { frame, cpu, record }]] of [...times].entries()) {
  const { cpu: share, rss } = results[index] ?? { cpu: Number.NaN, rss: Number.NaN };
  const cells = [...[frame, cpu, record].map((each) => median(each).toFixed(0)), rss.toFixed(0)];
  console.log(`| ${command} | ${cells.join(' | ')} | ${(share * 100).toFixed(1)} |`);
}
