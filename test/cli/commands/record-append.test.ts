import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setUpRecordTests, stopRecorder } from '../../support/harness/record-command.ts';
import { decodeTrace, readIfExists, waitFor } from '../../support/harness/recording.ts';

const { current, record, waitForStart } = setUpRecordTests();

test('record --append removes a torn last line, reports it, and writes a new header', async () => {
  const { file } = current;
  const first = record();
  await waitForStart();
  expect(await stopRecorder(first)).toBe(0);
  const complete = readIfExists(file);
  writeFileSync(file, `${complete}{"probe_source":"process.spa`);
  const second = record(['--append']);
  await waitFor('second header', () => readIfExists(file).length > complete.length + 100);
  expect(await stopRecorder(second)).toBe(0);
  expect(second.stderr()).toContain('removed a torn last line of 28 bytes');
  expect(readIfExists(file).startsWith(complete)).toBe(true);
  const headers = decodeTrace(readIfExists(file)).filter(
    ({ record }) => record.probe_source === 'trace.header',
  );
  expect(headers.map(({ seq }) => seq)).toEqual([0, 0]);
  const recorders = new Set(headers.map(({ record }) => (record as { recorder?: string }).recorder));
  expect(recorders.size).toBe(2);
});

test('record --append loses no complete line after kill -9 at any time [fault:kill-during-write]', async () => {
  const { directory, proc } = current;
  /** Kills a recorder at a random file size, while it writes. */
  const appendAndKill = async (path: string) => {
    const complete = readIfExists(path).replace(/[^\n]*$/, '');
    const killSize = complete.length + 2000 + Math.random() * 30_000;
    const { process, exit } = record(['--append', '--fsync', 'off'], { path });
    await waitFor('growth', () => {
      const size = sizeOf(path);
      // Processes come and go only once the recorder has started, because that takes a while.
      if (size > complete.length) {
        proc.clear();
        proc.spawn(60);
      }
      return size >= killSize;
    });
    process.kill('SIGKILL');
    await exit;
    const text = readIfExists(path);
    expect(text.startsWith(complete)).toBe(true);
    const seqs = decodeTrace(text.slice(complete.length)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_seq, index) => index));
  };
  // Recorders start side by side, because on a busy machine each start takes seconds.
  const files = Array.from({ length: 4 }, (_file, index) => join(directory, `${index}.ndjson`));
  await Promise.all(
    files.map(async (path) => {
      for (let round = 0; round < 4; round++) await appendAndKill(path);
    }),
  );
});

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
