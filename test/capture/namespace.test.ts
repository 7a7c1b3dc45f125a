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

/** Returns why the test cannot run here; undefined when it can. */
const findObstacle = (): string | undefined => {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  // Before Linux 6.14, pid_max applies to all namespaces, so lowering it would affect the whole machine.
  if (major < 6 || (major === 6 && minor < 14)) return `Linux ${release()} has no pid_max per PID namespace`;
  try {
    execFileSync('unshare', ['-p', '-f', '--mount-proc', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `unshare is not permitted: ${(error as { stderr?: Buffer }).stderr?.toString().trim()}`;
  }
};

test('PID wraparound: no lifetimes merged, no exits lost, PID accounting balances [fault:pid-wrap]', async (context) => {
  const obstacle = findObstacle();
  if (obstacle) context.skip(obstacle);
  const script = await bundle(
    fileURLToPath(new URL('../support/programs/namespace-capture.ts', import.meta.url)),
  );
  const { stdout } = await promisify(execFile)(
    'unshare',
    ['-p', '-f', '--mount-proc', process.execPath, script, String(pidMax), String(count)],
    { maxBuffer: 1 << 26 },
  );
  const { status, events, truth, shell } = JSON.parse(stdout) as Outcome;
  expect(truth).toHaveLength(count);
  expect(new Set(truth).size).toBeLessThanOrEqual(pidMax);

  const alive = new Set<number>();
  const children: number[] = [];
  let exits = 0;
  for (const { probe_source, guest_pid, guest_ppid } of events) {
    if (probe_source === 'process.spawned') {
      expect(alive.has(guest_pid), `${guest_pid} spawned while alive`).toBe(false);
      alive.add(guest_pid);
      // A process that is read while being reaped has no parent.
      if (guest_ppid === shell || guest_ppid === undefined) children.push(guest_pid);
    } else {
      expect(alive.has(guest_pid), `${probe_source} of ${guest_pid}, which is not alive`).toBe(true);
      if (probe_source === 'process.exited') {
        exits++;
        alive.delete(guest_pid);
      }
    }
  }
  // The reported children are a subsequence of the true ones: same order, each once.
  let index = 0;
  for (const pid of children) {
    while (index < truth.length && truth[index] !== pid) index++;
    expect(index, `${pid} was invented or reported twice`).toBeLessThan(truth.length);
    index++;
  }
  const { allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids } = status;
  expect(status.mode).toBe('cursor');
  expect(allocatedPids).toBe(processesSeen + (threadsSeen ?? 0) + (missedTasks ?? 0) + (pendingPids ?? 0));
  expect(allocatedPids).toBeGreaterThanOrEqual(count + 1);
  // Every child was either seen or counted as missed.
  expect(children.length + (missedTasks ?? 0)).toBeGreaterThanOrEqual(count);
  expect(children.length).toBeGreaterThan(count / 2);
  expect(exits).toBeGreaterThanOrEqual(children.length);
});
