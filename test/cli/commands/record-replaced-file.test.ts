import { execFileSync, spawnSync } from 'node:child_process';
import { renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { setUpRecordTests, stopRecorder } from '../../support/harness/record-command.ts';
import {
  decodeTrace,
  readIfExists,
  sourcesOf,
  waitFor,
  waitForText,
} from '../../support/harness/recording.ts';

const { current, record, waitForStart } = setUpRecordTests();

describe('record', () => {
  test('starts a new file with its own header when the file is renamed [fault:trace-renamed]', async () => {
    const { file, proc } = current;
    const recorder = record();
    await waitForStart();
    renameSync(file, `${file}.1`);
    await waitForStart();
    const [pid] = proc.spawn(1);
    await waitForText(file, `"guest_pid":${pid},`);
    expect(await stopRecorder(recorder)).toBe(0);
    expect(sourcesOf(readIfExists(`${file}.1`)).at(-1)).toBe('trace.end');
    const seqs = decodeTrace(readIfExists(`${file}.1`) + readIfExists(file)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_seq, index) => index));
    expect(recorder.stderr()).toContain('file moved, new file started');
  });

  const noLogrotate = spawnSync('logrotate', ['--version']).error !== undefined;
  test.skipIf(noLogrotate)(
    `starts a new file each time logrotate rotates${noLogrotate ? ' (skipped: logrotate not installed)' : ''} [fault:logrotate]`,
    async () => {
      const { directory, file, proc } = current;
      const recorder = record();
      await waitForStart();
      const config = join(directory, 'logrotate.conf');
      const { username } = userInfo();
      writeFileSync(config, `${file} {\n  rotate 5\n  create 0600 ${username}\n  su ${username} root\n}\n`, {
        mode: 0o600,
      });
      const pids: number[] = [];
      for (let round = 0; round < 2; round++) {
        const [pid = 0] = proc.spawn(1);
        pids.push(pid);
        await waitForText(file, `"guest_pid":${pid},`);
        execFileSync('logrotate', ['--force', '--state', join(directory, 'state'), config], {
          stdio: 'pipe',
        });
        await waitForStart();
      }
      expect(await stopRecorder(recorder)).toBe(0);
      const files = [`${file}.2`, `${file}.1`, file].map(readIfExists);
      expect(files.map((text) => sourcesOf(text).at(-1))).toEqual(files.map(() => 'trace.end'));
      const seqs = decodeTrace(files.join('')).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_seq, index) => index));
      for (const [index, pid] of pids.entries()) expect(files[index]).toContain(`"guest_pid":${pid},`);
    },
  );

  test('starts a new file when the file is deleted, and uses an empty file at the path [fault:trace-deleted]', async () => {
    const { file } = current;
    const recorder = record();
    await waitForStart();
    unlinkSync(file);
    await waitForStart();
    renameSync(file, `${file}.1`);
    writeFileSync(file, '');
    await waitForStart();
    expect(await stopRecorder(recorder)).toBe(0);
    expect(recorder.stderr()).toContain('file deleted, new file started');
  });

  test('does not write to another file that replaces the trace', async () => {
    const { directory, file, proc } = current;
    const recorder = record();
    await waitForStart();
    writeFileSync(join(directory, 'other'), 'precious');
    renameSync(file, `${file}.1`);
    renameSync(join(directory, 'other'), file);
    await waitFor('the error', () => recorder.stderr().includes('exists') || undefined);
    const [pid] = proc.spawn(1);
    await waitForText(`${file}.1`, `"guest_pid":${pid},`);
    expect(await stopRecorder(recorder)).toBe(0);
    expect(readIfExists(file)).toBe('precious');
  });
});
