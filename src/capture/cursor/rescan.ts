import type { ProcReader } from '../../proc/reader.ts';
import { toNs } from '../core/sampler.ts';
import { isSameProcess, noFd, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

/** Whatever lives longer than a second is read again in turn, so many a second however many there are: 0.1 % of a core. */
const readsPerSecond = 50;
/** Several at once: a core that just woke is slow at first. */
const readsPerScan = 10;
/** Gone past in search of one to read. */
const maxSteps = 256;
const scanIntervalMs = (1000 * readsPerScan) / readsPerSecond;

export type Rescan = ReturnType<typeof createRescan>;

/**
 * Late zombies, late names, late execs, and numbers reused behind the cursor's back. Nothing of the kind becomes of a
 * kernel thread, and in a guest they are half of all there is.
 */
export const createRescan = ({ proc, table }: { proc: ProcReader; table: TrackedProcesses }) => {
  let turn = table.all();
  let dueMs = 0;

  const next = (): TrackedProcess | undefined => {
    for (let step = 0; step < maxSteps; step++) {
      const { value, done } = turn.next();
      if (done) {
        turn = table.all();
        return undefined;
      }
      if (value.fd === noFd && !value.isKernelThread) return value;
    }
    return undefined;
  };

  return {
    dueMs() {
      return dueMs;
    },
    /** @returns whether somebody unknown bears a number. @throws ProcError; what was read before it stands, each reading is proof of its own. */
    turn(nowMs: number, nowNs: bigint, walkedMs: number): boolean {
      dueMs = nowMs + scanIntervalMs;
      let replaced = false;
      for (let index = 0; index < readsPerScan; index++) {
        const entry = next();
        if (!entry) break;
        const { pid } = entry.observed;
        const reading = proc.readProcess(pid);
        if (reading === 'hidden') {
          table.markHidden(entry);
          continue;
        }
        if (reading !== 'gone' && isSameProcess(entry, reading.stat)) {
          table.follow(entry, reading, { nowNs, windowNs: toNs(nowMs - entry.lastAliveMs) }, nowMs);
          continue;
        }
        // Somebody else may bear the number by now: whoever it is, the next walk meets him.
        table.remove(entry, { nowNs, windowNs: toNs(nowMs - Math.max(entry.lastAliveMs, walkedMs)) });
        if (reading !== 'gone') replaced = true;
      }
      return replaced;
    },
  };
};
