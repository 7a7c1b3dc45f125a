import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { isChurnRecord } from '../../src/domain/events/record.ts';
import { ChurnStats } from '../../src/domain/stats/churn-stats.ts';
import { compile, compilerObstacle } from '../support/harness/c-programs.ts';
import { program } from '../support/harness/pty.ts';
import { openRecordStream, waitFor } from '../support/harness/recording.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

/** Number of children, half of which use the CPU through a child of their own, and the CPU time of each, ms. */
const children = 24;
const milliseconds = 80;

const isClose = (value: bigint, expected: bigint) =>
  Math.abs(Number(value - expected)) <= 0.05 * Number(expected);

test.skipIf(compilerObstacle).each(['auto', 'proc'])(
  'the CPU time of exited children is that of getrusage within 5 % with --source %s',
  async (source) => {
    const stream = openRecordStream([
      process.execPath,
      program,
      '--ndjson',
      '--no-alerts',
      '--source',
      source,
    ]);
    onTestFinished(() => stream.end().then(() => {}));
    const { records } = stream;
    await waitFor('the processes that are alive', () => records.some((record) => 'initial' in record));

    const generator = spawn(compile('burn-cpu', folder.path), [String(children), String(milliseconds)]);
    onTestFinished(() => void generator.kill('SIGKILL'));
    const [line] = (await once(createInterface({ input: generator.stdout }), 'line')) as [string];
    const usedNs = BigInt(line);
    expect(Number(usedNs)).toBeGreaterThan(children * milliseconds * 0.95e6);

    const latest = () =>
      records.findLast(
        (record) => record.probe_source === 'process.children' && record.guest_pid === generator.pid,
      );
    await waitFor('the CPU time of all children', () => {
      const record = latest();
      return record?.probe_source === 'process.children' && isClose(record.children_cpu_ns, usedNs);
    });

    const stats = new ChurnStats();
    for (const record of records) if (isChurnRecord(record)) stats.apply(record);
    const group = [...stats.groups.parent].find(({ lineage }) => lineage?.[0]?.pid === generator.pid);
    expect(isClose(group?.childrenCpuNs ?? 0n, usedNs)).toBe(true);
    // A lower bound: the CPU time of a process as last seen.
    expect(Number(group?.cpuNs)).toBeLessThanOrEqual(Number(usedNs) * 1.05);
    expect(Number(stats.all.childrenCpuNs)).toBeGreaterThan(Number(usedNs) * 0.95);
  },
  30_000,
);
