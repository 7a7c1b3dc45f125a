import { statSync, writeFileSync } from 'node:fs';
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

// Several tests, because on a busy machine each of the 16 recorders takes seconds to start.
test.each([1, 2, 3, 4])(
  'record --append loses no complete line after kill -9 at any time, trace %i [fault:kill-during-write]',
  async () => {
    const { file, proc } = current;
    let complete = '';
    for (let round = 0; round < 4; round++) {
      const { process, exit } = record(['--append', '--fsync', 'off']);
      // Kills the recorder at a random file size, while it writes.
      const killSize = complete.length + 2000 + Math.random() * 30_000;
      await waitFor('growth', () => {
        const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
        if (size >= killSize) return true;
        proc.clear();
        // Processes spawn only once the recorder writes, so that its start is fast.
        if (size > complete.length) proc.spawn(60);
        return undefined;
      });
      process.kill('SIGKILL');
      await exit;
      const text = readIfExists(file);
      expect(text.startsWith(complete)).toBe(true);
      const seqs = decodeTrace(text.slice(complete.length)).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_seq, index) => index));
      complete = text.slice(0, text.lastIndexOf('\n') + 1);
      proc.clear();
    }
  },
);
