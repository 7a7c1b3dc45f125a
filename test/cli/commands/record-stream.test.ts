import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { program } from '../../support/harness/pty.ts';
import { setUpRecordTests } from '../../support/harness/record-command.ts';
import { readIfExists, sourcesOf, waitForText } from '../../support/harness/recording.ts';

const { current, waitForStart } = setUpRecordTests();

describe('a recording next to a stream', () => {
  const args = () => ['--ndjson', '--record', current.file, '--proc', current.proc.root, '--interval', '2ms'];

  test('is complete when the reader of the stream exits [fault:reader-exits-recording]', async () => {
    const { file, proc } = current;
    const pipe = spawn(
      'bash',
      ['-c', 'set -o pipefail; "$@" | head -1', 'bash', process.execPath, program, ...args()],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const exit = new Promise((resolve) => pipe.once('exit', resolve));
    await waitForStart();
    const churn = setInterval(() => proc.spawn(5), 20);
    expect(await exit).toBe(0);
    clearInterval(churn);
    expect(sourcesOf(readIfExists(file)).at(-1)).toBe('trace.end');
  });

  test('continues when the reader of the stream does not read [fault:slow-reader-recording]', async () => {
    const { file, proc } = current;
    // Nothing reads the pipe, which is full at 64 KiB.
    const child = spawn(process.execPath, [program, ...args()], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = new Promise((resolve) => child.once('exit', resolve));
    await waitForStart();
    for (let round = 0; round < 5; round++) {
      const pids = proc.spawn(200);
      await waitForText(file, `"guest_pid":${pids.at(-1)},`);
    }
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(sourcesOf(readIfExists(file)).at(-1)).toBe('trace.end');
    child.stdout.destroy();
  });
});
