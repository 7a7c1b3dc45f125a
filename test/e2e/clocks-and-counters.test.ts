import { type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import type { ChurnRecord, SpawnedEvent } from '../../src/domain/events/event.ts';
import type { ClockRecord, HeaderRecord, TraceRecord } from '../../src/domain/events/record.ts';
import { decode } from '../../src/trace/format/decode.ts';
import { compile, compilerObstacle, unshareObstacle } from '../support/harness/c-programs.ts';
import { program } from '../support/harness/pty.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { sourceObstacle, sources } from '../support/installed/sources.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

/** Runs a shell script that streams records as its output, and reads them one by one. */
const runShell = (script: string, flags: readonly string[] = [], options: SpawnOptions = {}) => {
  const env = { ...process.env, ...options.env, CHURNTOP: `${process.execPath} ${program}` };
  const [command, ...args] = flags.length > 0 ? ['unshare', ...flags, 'sh'] : ['sh'];
  const child = spawn(command as string, [...args, '-c', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const records: TraceRecord[] = [];
  const until = async <R extends TraceRecord>(isWanted: (record: TraceRecord) => record is R): Promise<R> => {
    for (let next = await lines.next(); !next.done; next = await lines.next()) {
      const record = decode(next.value)?.record;
      if (record) records.push(record);
      if (record && isWanted(record)) return record;
    }
    throw new Error('the stream ended before the record');
  };
  const end = async (): Promise<TraceRecord[]> => {
    child.stdin?.end();
    for (let next = await lines.next(); !next.done; next = await lines.next()) {
      const record = decode(next.value)?.record;
      if (record) records.push(record);
    }
    return records;
  };
  return { until, end, input: child.stdin as NodeJS.WritableStream };
};

/** Streams until standard input closes. Commands are read from it in between. */
const streamScript = (flags = '') =>
  `$CHURNTOP --ndjson ${flags} < /dev/null & churntop=$!
   while read -r line; do eval "$line"; done
   kill -INT $churntop; wait $churntop`;

const isSpawnOf =
  (comm: string) =>
  (record: TraceRecord): record is SpawnedEvent =>
    record.probe_source === 'process.spawned' && !record.initial && record.guest_comm === comm;
const isSpawnOrExecOf =
  (comm: string) =>
  (record: TraceRecord): record is ChurnRecord & { guest_comm: string } =>
    (record.probe_source === 'process.spawned' || record.probe_source === 'process.exec') &&
    record.guest_comm === comm;
const isHeader = (record: TraceRecord): record is HeaderRecord => record.probe_source === 'trace.header';
const isInitial = (record: TraceRecord): record is SpawnedEvent =>
  record.probe_source === 'process.spawned' && record.initial === true;

const forkCount = () => Number(/^processes (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
const missedOf = (records: readonly TraceRecord[]) =>
  records.reduce(
    (sum, record) =>
      record.probe_source === 'trace.gap' && record.reason === 'unseen' ? sum + (record.tasks ?? 0) : sum,
    0,
  );
const spawnsOf = (records: readonly TraceRecord[]) =>
  records.filter((record) => record.probe_source === 'process.spawned' && !record.initial).length;

const namespace = ['-p', '-f', '--mount-proc'];
const last = join(folder.path, 'last-program');
writeFileSync(last, '#!/bin/sh\nexec sleep 0.3\n', { mode: 0o755 });

/**
 * Checks that no more was missed than the machine has forked in the meantime. Other tests fork, too, and some of their
 * processes are missed. The kernel counts neither forks that fail nor PIDs that are skipped.
 */
const expectMissedWithinForks = (records: readonly TraceRecord[], forks: number) => {
  expect(missedOf(records)).toBeLessThanOrEqual(Math.max(0, forks - spawnsOf(records)));
};

test.for(sources)(
  '2,000 forks that fail are not missed, --source %s [fault:fork-fails-real]',
  async (source, context) => {
    const obstacle = sourceObstacle(source);
    if (obstacle) return context.skip(obstacle);
    if (compilerObstacle) return context.skip(compilerObstacle);
    const compiled = compile('fail-fork', folder.path);
    const forksBefore = forkCount();
    const { until, end, input } = runShell(streamScript(`--source ${source}`));
    await until(isInitial);
    input.write(`${compiled} 2000\n${last}\n`);
    await until(isSpawnOrExecOf('sleep'));
    const records = await end();
    expectMissedWithinForks(records, forkCount() - forksBefore);
    // Each fork has an event, unless the queue was full.
    const isLost = records.some((record) => 'reason' in record && record.reason === 'queue');
    if (source === 'kernel' && !isLost) expect(missedOf(records)).toBe(0);
  },
);

test('a PID counter that is set by hand has missed nothing [fault:pid-counter-set-real]', async (context) => {
  const obstacle = unshareObstacle(...namespace);
  if (obstacle) return context.skip(obstacle);
  // Before the sampler starts, so that all forks that it can count are included.
  const forksBefore = forkCount();
  const { until, end, input } = runShell(streamScript(), namespace);
  await until(isInitial);
  for (const pid of [20_000, 5_000, 100]) {
    input.write(`echo ${pid} > /proc/sys/kernel/ns_last_pid\n${last}\n`);
    const { guest_pid: found } = (await until(isSpawnOrExecOf('sleep'))) as SpawnedEvent;
    expect(found).toBeGreaterThan(pid);
    expect(found).toBeLessThan(pid + 10);
  }
  expectMissedWithinForks(await end(), forkCount() - forksBefore);
});

test('each spawn follows that of its parent after a slow sample [fault:parent-late-real]', async (context) => {
  const obstacle = unshareObstacle(...namespace);
  if (obstacle) return context.skip(obstacle);
  const { until, end, input } = runShell(streamScript('-i 700ms'), namespace);
  await until(isInitial);
  input.write(`sh -c 'sh -c "for i in $(seq 120 | tr "\\\\n" " "); do sleep 3 & done; wait" & wait' &\n`);
  await until(isSpawnOf('sleep'));
  const records = await end();
  const known = new Set([0]);
  const late: number[] = [];
  for (const record of records) {
    if (record.probe_source !== 'process.spawned') continue;
    known.add(record.guest_pid);
    if (!record.initial && !known.has(record.guest_ppid ?? 0)) late.push(record.guest_pid);
  }
  expect(spawnsOf(records)).toBeGreaterThan(100);
  expect(late).toEqual([]);
});

test('a process found alive has its real lifetime in a time namespace [fault:boot-clock-behind-real]', async (context) => {
  const flags = [...namespace, '-T', '--monotonic', '86400'];
  const obstacle = unshareObstacle(...flags);
  if (obstacle) return context.skip(obstacle);
  const { until, end, input } = runShell(`sleep 1000 & found=$!\n${streamScript()}`, flags);
  const { boot_offset_ns: offsetNs } = await until(isHeader);
  expect(Number(offsetNs) / 1e9).toBeCloseTo(-86_400, -1);
  await until(isInitial);
  input.write('kill -9 $found; wait $found\n');
  const exit = await until(
    (record): record is ChurnRecord & { probe_source: 'process.exited' } =>
      record.probe_source === 'process.exited' && record.guest_comm === 'sleep',
  );
  await end();
  // Not shifted by the offset of the namespace, which is a day.
  expect(Number(exit.lifetime_ns) / 1e9).toBeGreaterThan(0);
  expect(Number(exit.lifetime_ns) / 1e9).toBeLessThan(600);
});

test.for(sources)(
  'the stream has a clock pair as soon as the wall clock is set, --source %s [fault:clock-set-real]',
  async (source, context) => {
    const obstacle = sourceObstacle(source);
    if (obstacle) return context.skip(obstacle);
    if (compilerObstacle) return context.skip(compilerObstacle);
    const compiled = compile('set-clock', folder.path, ['-shared', '-fPIC', '-ldl']);
    const file = join(folder.path, `clock-is-set-${source}`);
    const { until, end } = runShell(
      streamScript(`--source ${source}`).replace('$CHURNTOP', 'LD_PRELOAD=$LIBRARY $CHURNTOP'),
      [],
      {
        env: { LIBRARY: compiled, CLOCK_SET: file },
      },
    );
    const { clock: before } = await until(isHeader);
    await until(isInitial);
    writeFileSync(file, '');
    const { clock: after } = await until(
      (record): record is ClockRecord => record.probe_source === 'trace.clock',
    );
    await end();
    const passed = Date.parse(after.realtime) - Date.parse(before.realtime);
    const monotonic = Number(after.monotonic_ns - before.monotonic_ns) / 1e6;
    expect(passed - monotonic).toBeCloseTo(3_600_000, -3);
    expect(monotonic).toBeLessThan(9_000);
  },
);
