import { expect, test } from 'vitest';
import { type UsageReading, UsageTable } from '../../../src/domain/processes/process-usage.ts';
import { seconds, usageReading } from '../../support/fixtures/events.ts';

const start = (bootOffsetNs = 0n) => {
  const table = new UsageTable();
  const read = (at: number, cpuTicks: number, more: Partial<UsageReading> = {}) => {
    const reading = { ...usageReading, startTicks: 1000, readNs: seconds(at), cpuTicks, ...more };
    table.update(new Map([[7, reading]]), bootOffsetNs);
    return table.get({ pid: 7, startTicks: reading.startTicks })?.cpuShare;
  };
  return { table, read };
};

test('the first CPU usage of a process is the mean since its start', () => {
  expect(start().read(20, 250)).toBe(0.25);
  expect(start(seconds(5)).read(15, 250)).toBe(0.25);
});

test('the CPU usage is measured over at least 0.9 s', () => {
  const { read } = start();
  read(20, 250);
  expect(read(20.5, 300)).toBe(0.25);
  expect(read(21, 300)).toBe(0.5);
  expect(read(23, 700)).toBe(2);
  expect(read(24, 700)).toBe(0);
});

test('the CPU usage of a new process is unknown for 50 ms, then the mean since its start', () => {
  const { read } = start();
  expect(read(10.01, 1)).toBeUndefined();
  expect(read(10.1, 5)).toBeCloseTo(0.5);
  expect(read(10.2, 20)).toBeCloseTo(1);
});

test('a process that reuses the PID starts without a measurement', () => {
  const { table, read } = start();
  read(20, 250);
  expect(read(21, 50, { startTicks: 2000 })).toBe(0.5);
  expect(table.get({ pid: 7, startTicks: 1000 })).toBeUndefined();
});

test('update reports whether a process was not read before', () => {
  const table = new UsageTable();
  const readings = (startTicks: number) => new Map([[7, { ...usageReading, startTicks }]]);
  expect([1, 1, 2].map((startTicks) => table.update(readings(startTicks), 0n))).toEqual([true, false, true]);
});

test('readings of more than 2000 processes are dropped when they are older than a minute', () => {
  const table = new UsageTable();
  const readings = (from: number, at: number) =>
    new Map(
      Array.from({ length: 1500 }, (_, index) => [from + index, { ...usageReading, readNs: seconds(at) }]),
    );
  const isKept = (pid: number) => table.get({ pid, startTicks: usageReading.startTicks }) !== undefined;
  table.update(readings(0, 10), 0n);
  table.update(readings(10_000, 60), 0n);
  expect([isKept(0), isKept(10_000)]).toEqual([true, true]);
  table.update(readings(20_000, 71), 0n);
  expect([isKept(0), isKept(10_000), isKept(20_000)]).toEqual([false, true, true]);
});
