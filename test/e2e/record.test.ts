import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createFakeProc } from '../support/fakes/fake-proc.ts';
import { loadPty, openChurntop, openPty, program } from '../support/harness/pty.ts';
import { decodeTrace, readIfExists, sourcesOf, waitFor, waitForText } from '../support/harness/recording.ts';
import { createTempDir, memoryDir } from '../support/harness/temp-dir.ts';

const folder = createTempDir(memoryDir);
afterAll(() => folder.remove());
const pty = await loadPty();

describe.skipIf(!pty)('recording in a terminal', () => {
  const node = pty as NonNullable<typeof pty>;
  let count = 0;
  const open = (before: string[]) => {
    const proc = createFakeProc(join(folder.path, String(count++)));
    const file = join(proc.root, '..', 'trace.ndjson');
    const churntop = openChurntop(node, [...before, file, '--proc', proc.root, '--interval', '5ms']);
    return { proc, file, churntop };
  };

  test('record shows a status line, and a final line at the end', async () => {
    const { proc, file, churntop } = open(['record']);
    await churntop.see(/^recording · \d records · .* · \//);
    proc.spawn(100);
    await churntop.see(/recording · 1\d\d records/);
    expect(churntop.rows().filter((row) => row !== '')).toHaveLength(1);
    churntop.type('\x03');
    await churntop.see(/trace.ndjson: recording · 1\d\d records/);
    expect(await churntop.exit).toMatchObject({ code: 0 });
    expect(sourcesOf(readIfExists(file)).at(-1)).toBe('trace.end');
  });

  test('a message of a publisher is a line above the status line', async () => {
    const { churntop } = open(['record', '--publish', 'otlp']);
    await churntop.see(/^churntop: http:\/\/localhost:4318\/v1\/logs: connection refused/m);
    await churntop.see(/^recording · \d+ records/m);
    // The message takes two rows.
    expect(churntop.rows().filter((row) => row !== '')).toHaveLength(3);
  });

  test('a note entered on the screen is recorded in order', async () => {
    const { proc, file, churntop } = open(['--record']);
    await churntop.see('alive 1');
    proc.spawn(1, 'before');
    await churntop.see('before');
    churntop.type('e');
    await churntop.see('note:');
    churntop.type('deployed "1.4" \u202e now');
    await churntop.see('note: deployed "1.4"');
    churntop.type('\r');
    await churntop.see(/\d # deployed "1.4"/);
    proc.spawn(1, 'after');
    await waitForText(file, '"after"');
    churntop.type('q');
    expect(await churntop.exit).toMatchObject({ code: 0 });
    const records = decodeTrace(readIfExists(file)).map(({ record }) => record);
    const positions = ['before', 'deployed', 'after'].map((word) =>
      records.findIndex((record) =>
        record.probe_source === 'trace.note'
          ? record.text.startsWith(word)
          : 'guest_comm' in record && record.guest_comm.startsWith(word),
      ),
    );
    expect(positions.toSorted((a, b) => a - b)).toEqual(positions);
    expect(positions[0]).toBeGreaterThan(0);
    expect(records[positions[1] as number]).toMatchObject({ text: 'deployed "1.4" \u202e now' });
    expect(readIfExists(file)).not.toContain('\u202e');
  });

  test('a recording continues and ends normally when the terminal is stalled [fault:stalled-terminal-recording]', async () => {
    const { proc, file, churntop } = open(['--record']);
    await churntop.see('alive 1');
    churntop.stall();
    // Each frame differs, which fills the buffer of the terminal.
    for (let round = 0; round < 20; round++) {
      const pids = proc.spawn(200, `round${round}`);
      await waitForText(file, `"guest_pid":${pids.at(-1)},`);
      proc.clear();
    }
    churntop.kill('SIGTERM');
    await waitForText(file, 'trace.end');
    churntop.unstall();
    await churntop.exit;
  });

  test.each([[['--record']], [['record']]])(
    'churntop %j completes the trace and exits when the terminal hangs up',
    async (before) => {
      const { proc, file, churntop } = open(before);
      await waitForText(file, '"init"');
      proc.spawn(3);
      await waitForText(file, '"worker"');
      churntop.hangUp();
      await waitForText(file, 'trace.end');
      await waitFor('gone', () => (isRunning(churntop.pid) ? undefined : true));
    },
  );

  test('record continues under nohup when the terminal hangs up [fault:hangup-nohup]', async () => {
    const proc = createFakeProc(join(folder.path, 'nohup'));
    const file = join(proc.root, '..', 'trace.ndjson');
    const args = [process.execPath, program, 'record', file, '--proc', proc.root, '--interval', '5ms'];
    // The shell exits with its terminal.
    const session = openPty(node, 'sh', ['-c', 'nohup "$@"; :', 'sh', ...args], {
      cwd: join(folder.path, 'nohup'),
    });
    await waitForText(file, '"init"');
    const pid = Number(readFileSync(`/proc/${session.pid}/task/${session.pid}/children`, 'utf8'));
    session.hangUp();
    await session.exit;
    proc.spawn(1);
    await waitForText(file, '"worker"');
    process.kill(pid, 'SIGTERM');
    await waitForText(file, 'trace.end');
  });
});

const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
