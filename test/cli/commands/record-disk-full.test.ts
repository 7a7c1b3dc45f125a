import { renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  mountError,
  mountTmpfs,
  setUpRecordTests,
  stopRecorder,
} from '../../support/harness/record-command.ts';
import { decodeTrace, readIfExists, sourcesOf, waitFor } from '../../support/harness/recording.ts';

const { current, record, waitForStart } = setUpRecordTests();
const noMount = mountError();
const skipped = noMount ? ` (skipped: ${noMount})` : '';

describe('record', () => {
  /** Asserts that gaps count every spawn that is missing, and that `seq` has no hole. */
  const expectAccounted = (text: string, spawned: number) => {
    const trace = decodeTrace(text);
    expect(trace.map(({ seq }) => seq)).toEqual(trace.map((_line, index) => index));
    const pids = new Set(
      trace.flatMap(({ record }) =>
        'guest_pid' in record && record.guest_pid > 1 ? [record.guest_pid] : [],
      ),
    );
    const lost = trace.reduce((sum, { record }) => sum + (('events' in record && record.events) || 0), 0);
    expect(pids.size + lost).toBeGreaterThanOrEqual(spawned);
  };

  test.skipIf(noMount)(
    `waits while the disk is full, and loses nothing${skipped} [fault:enospc]`,
    async () => {
      const { directory, proc } = current;
      const { mountPoint, unmount } = mountTmpfs(directory, '64k');
      try {
        const path = join(mountPoint, 'trace.ndjson');
        const ballast = join(mountPoint, 'ballast');
        writeFileSync(ballast, Buffer.alloc(40_000));
        const recorder = record([], { path });
        await waitForStart(path);
        proc.spawn(250);
        await waitFor('the error', () => recorder.stderr().includes('no space left') || undefined);
        // A retry can leave a partial line until the recorder truncates it.
        const full = await waitFor('complete lines', () => {
          const text = readIfExists(path);
          return text.endsWith('\n') ? text : undefined;
        });
        expect(decodeTrace(full).length).toBeGreaterThan(20);
        unlinkSync(ballast);
        await waitFor('all records', () => sourcesOf(readIfExists(path)).length >= 252 || undefined);
        await waitFor('recovery', () => recorder.stderr().endsWith(': recording\n') || undefined);
        expect(await stopRecorder(recorder)).toBe(0);
        expect(recorder.stderr()).toMatch(
          /cannot write: no space left on the device \(ENOSPC\); retrying\n.*: recording\n$/,
        );
        expectAccounted(readIfExists(path), 250);
      } finally {
        unmount();
      }
    },
  );

  test.skipIf(noMount)(
    `reports lost records when stopped while the disk is full${skipped} [fault:enospc-at-end]`,
    async () => {
      const { directory, proc } = current;
      const { mountPoint, unmount } = mountTmpfs(directory, '16k');
      try {
        const path = join(mountPoint, 'trace.ndjson');
        const recorder = record([], { path });
        await waitForStart(path);
        proc.spawn(400);
        await waitFor('the error', () => recorder.stderr().includes('no space left') || undefined);
        expect(await stopRecorder(recorder, 'SIGTERM')).toBe(1);
        expect(recorder.stderr()).toMatch(
          /\d+ records could not be written: no space left on the device \(ENOSPC\)\n$/,
        );
        expect(readIfExists(path).endsWith('\n')).toBe(true);
      } finally {
        unmount();
      }
    },
  );

  test('waits while the file size limit is reached [fault:efbig]', async () => {
    const { file, proc } = current;
    // 16 KiB: bash counts in blocks of 1024 bytes, sh in blocks of 512.
    const recorder = record([], { wrapper: ['bash', '-c', 'ulimit -f 16; exec "$@"', 'bash'] });
    await waitForStart();
    proc.spawn(200);
    await waitFor('the error', () => recorder.stderr().includes('file size limit') || undefined);
    expect(readIfExists(file).length).toBeLessThanOrEqual(16_384);
    expect(readIfExists(file).endsWith('\n')).toBe(true);
    // Renaming the file, as logrotate does, frees space.
    renameSync(file, `${file}.1`);
    await waitFor('a new file', () => {
      proc.spawn(1);
      return readIfExists(file).includes('"seq"') || undefined;
    });
    expect(await stopRecorder(recorder)).toBeLessThanOrEqual(1);
    decodeTrace(readIfExists(file));
  });
});
