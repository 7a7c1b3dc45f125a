import { execFile, execFileSync } from 'node:child_process';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { SourceStatus } from '../../src/domain/source/event-source.ts';
import { bundle } from '../support/harness/bundle.ts';

type Event = { probe_source: string; guest_pid: number; guest_ppid?: number; guest_comm: string };
type Outcome = { status: SourceStatus; events: Event[]; truth: number[]; shell: number };

const pidMax = 500;
const count = 1500;

/** Why it cannot be done here, or undefined when it can. */
const obstacle = (): string | undefined => {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  // Before 6.14 there is one pid_max for all namespaces: lowering it would hit the whole machine.
  if (major < 6 || (major === 6 && minor < 14))
    return `Linux ${release()} has no pid_max of a namespace's own`;
  try {
    execFileSync('unshare', ['-p', '-f', '--mount-proc', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `unshare is not permitted: ${(error as { stderr?: Buffer }).stderr?.toString().trim()}`;
  }
};

test('numbers that go round many times: no merged lives, no lost ends, books that balance [fault:pid-wrap]', async (context) => {
  const why = obstacle();
  if (why) context.skip(why);
  const script = await bundle(fileURLToPath(new URL('../support/programs/namespace-capture.ts', import.meta.url)));
  const { stdout } = await promisify(execFile)(
    'unshare',
    ['-p', '-f', '--mount-proc', process.execPath, script, String(pidMax), String(count)],
    { maxBuffer: 1 << 26 },
  );
  const { status, events, truth, shell } = JSON.parse(stdout) as Outcome;
  expect(truth).toHaveLength(count);
  expect(new Set(truth).size).toBeLessThanOrEqual(pidMax);

  const living = new Set<number>();
  const lives: number[] = [];
  let ends = 0;
  for (const { probe_source, guest_pid, guest_ppid } of events) {
    if (probe_source === 'process.spawned') {
      expect(living.has(guest_pid), `${guest_pid} spawned while it lives`).toBe(false);
      living.add(guest_pid);
      // One that was met while it was being reaped has no parent any more.
      if (guest_ppid === shell || guest_ppid === undefined) lives.push(guest_pid);
    } else {
      expect(living.has(guest_pid), `${probe_source} of ${guest_pid}, which nobody bears`).toBe(true);
      if (probe_source === 'process.exited') {
        ends++;
        living.delete(guest_pid);
      }
    }
  }
  // Those seen are those that were, in their order, each once: the truth without the missed.
  let index = 0;
  for (const pid of lives) {
    while (index < truth.length && truth[index] !== pid) index++;
    expect(index, `${pid} was made up or told twice`).toBeLessThan(truth.length);
    index++;
  }
  const { allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids } = status;
  expect(status.mode).toBe('cursor');
  expect(allocatedPids).toBe(processesSeen + (threadsSeen ?? 0) + (missedTasks ?? 0) + (pendingPids ?? 0));
  expect(allocatedPids).toBeGreaterThanOrEqual(count + 1);
  // Every child was either seen or counted as unseen.
  expect(lives.length + (missedTasks ?? 0)).toBeGreaterThanOrEqual(count);
  expect(lives.length).toBeGreaterThan(count / 2);
  expect(ends).toBeGreaterThanOrEqual(lives.length);
});
