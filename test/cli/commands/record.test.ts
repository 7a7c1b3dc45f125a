import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { setUpRecordTests, stopRecorder } from '../../support/harness/record-command.ts';
import {
  decodeTrace,
  readIfExists,
  sourcesOf,
  startChurntop,
  waitFor,
  waitForText,
} from '../../support/harness/recording.ts';

const { current, record, waitForStart } = setUpRecordTests();

describe('record stops', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'with a complete trace on %s [fault:signal]',
    async (signal) => {
      const { file, proc } = current;
      const recorder = record();
      await waitForStart();
      const [pid] = proc.spawn(1);
      await waitForText(file, `"guest_pid":${pid},`);
      expect(await stopRecorder(recorder, signal)).toBe(0);
      const trace = decodeTrace(readIfExists(file));
      expect(trace.map(({ seq }) => seq)).toEqual(trace.map((_line, index) => index));
      // On a busy machine the sampler may have stalled, which adds gaps.
      const sources = trace.map(({ record: { probe_source } }) => probe_source);
      expect(sources.filter((source) => source !== 'trace.gap')).toEqual([
        'trace.header',
        'process.spawned',
        'process.spawned',
        'trace.end',
      ]);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(recorder.stderr()).toBe('');
    },
  );

  test('after the time of --for', async () => {
    const { exit } = record(['--for', '600ms']);
    expect((await exit).code).toBe(0);
    expect(sourcesOf(readIfExists(current.file)).at(-1)).toBe('trace.end');
  });
});

test('record continues in order after SIGSTOP and SIGCONT', async () => {
  const { file, proc } = current;
  const recorder = record();
  await waitForStart();
  recorder.process.kill('SIGSTOP');
  const [pid] = proc.spawn(1);
  await waitFor('stopped', () =>
    / T /.test(readFileSync(`/proc/${recorder.process.pid}/stat`, 'utf8')) ? true : undefined,
  );
  recorder.process.kill('SIGCONT');
  await waitForText(file, `"guest_pid":${pid},`);
  expect(await stopRecorder(recorder)).toBe(0);
  const times = decodeTrace(readIfExists(file)).flatMap(({ record }) =>
    'guest_monotonic_ns' in record ? [record.guest_monotonic_ns] : [],
  );
  expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
});

describe('record writes arguments', () => {
  const secret = ['login', '--password=hunter2', '\u001b[2J'];
  const recordLogin = async (args: readonly string[]): Promise<string> => {
    const recorder = record(args);
    await waitForStart();
    const [pid] = current.proc.spawn(1, 'login', secret);
    await waitForText(current.file, `"guest_pid":${pid},`);
    expect(await stopRecorder(recorder)).toBe(0);
    return readIfExists(current.file);
  };

  test('not by default', async () => {
    expect(await recordLogin([])).not.toContain('hunter2');
  });

  test('exactly and escaped with --record-args', async () => {
    const text = await recordLogin(['--record-args']);
    expect(text).not.toContain('\u001b');
    const login = decodeTrace(text).find(
      ({ record }) => 'guest_comm' in record && record.guest_comm === 'login',
    );
    expect(login?.record).toMatchObject({ args: secret });
  });
});

test('record keeps the newest rotated files, compressed, each with its own header and end', async () => {
  const { directory, proc } = current;
  const recorder = record(['--rotate', '64KiB', '--keep', '2', '--gzip']);
  await waitForStart();
  const rotatedFile = (number: number) => `trace.00000${number}.ndjson.gz`;
  await waitFor('four rotated files', () => {
    proc.spawn(150);
    proc.clear();
    return readdirSync(directory).includes(rotatedFile(4)) || undefined;
  });
  expect(await stopRecorder(recorder)).toBe(0);
  const names = readdirSync(directory).filter((name) => name.startsWith('trace.'));
  expect(names.filter((name) => name.includes('.00000')).length).toBe(2);
  expect(names).not.toContain(rotatedFile(1));
  const seqs: number[] = [];
  for (const name of names.toSorted()) {
    const bytes = readFileSync(join(directory, name));
    const text = name.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
    const sources = sourcesOf(text);
    expect(sources[0]).toBe('trace.header');
    expect(sources.at(-1)).toBe('trace.end');
    seqs.push(...decodeTrace(text).map(({ seq }) => seq));
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  }
  expect(seqs).toEqual(seqs.map((_seq, index) => index + (seqs[0] as number)));
});

test.each([
  [['record'], 'record: missing operand (expected FILE)'],
  [['record', 'a', 'b'], 'unknown argument "b"'],
  [['record', 'a', '--strict'], '--strict: not a flag of "churntop record FILE"'],
  [['record', 'a', '--rotate', '64'], '--rotate: invalid size "64"'],
  [['record', 'a', '--rotate', '1KiB'], '--rotate: out of range "1KiB"'],
  [['record', 'a', '--keep', '0'], '--keep: out of range "0"'],
  [['record', 'a', '--for', '5'], '--for: invalid duration "5"'],
  [['--for', '5s'], '--for: not a flag of "churntop"'],
])('%j exits with a usage error', async (args, message) => {
  const { exit, stderr } = startChurntop(args);
  expect((await exit).code).toBe(2);
  expect(stderr()).toContain(message);
});
