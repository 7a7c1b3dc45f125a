import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { MetricsWriter } from '../../../src/cli/fleet/metrics-writer.ts';
import { spawned } from '../../support/fixtures/events.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const open = () => {
  const { path, remove } = createTempDir();
  onTestFinished(remove);
  const folder = join(path, 'metrics');
  mkdirSync(folder);
  const file = join(folder, 'churn.prom');
  const messages: string[] = [];
  const writer = new MetricsWriter(file, (text) => messages.push(text));
  onTestFinished(() => writer.stop());
  const spawns = () =>
    /^churntop_processes_spawned_total\{comm="sh"\} (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
  return { folder, file, messages, writer, spawns };
};

test('metrics are written at once, every 15 s and at the end', () => {
  const { writer, spawns } = open();
  expect(spawns()).toBeUndefined();
  writer.onBatch({ nowNs: 0n, records: [spawned(5, 'sh', 1)] });
  vi.advanceTimersByTime(14_000);
  expect(spawns()).toBeUndefined();
  vi.advanceTimersByTime(1_000);
  expect(spawns()).toBe('1');
  writer.onBatch({ nowNs: 0n, records: [spawned(6, 'sh', 2)] });
  writer.stop();
  expect(spawns()).toBe('2');
  expect(vi.getTimerCount()).toBe(0);
});

test('an error is reported once with the flag and the file, and again after a write has succeeded', () => {
  const { folder, file, messages } = open();
  const error = `--metrics: ${file}: no such file or directory (ENOENT)`;
  for (const reports of [1, 2]) {
    rmSync(folder, { recursive: true });
    vi.advanceTimersByTime(60_000);
    expect(messages).toEqual(Array.from({ length: reports }, () => error));
    mkdirSync(folder);
    vi.advanceTimersByTime(15_000);
  }
});

test('a file that cannot be written is an error at the start', () => {
  expect(() => new MetricsWriter('/dev/null/churn.prom', () => {})).toThrow(
    '--metrics: /dev/null/churn.prom: not a directory (ENOTDIR)',
  );
  expect(vi.getTimerCount()).toBe(0);
});
