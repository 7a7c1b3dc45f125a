import { useEffect, useRef } from 'react';
import type { ProcessId } from '../domain/events/process-id.ts';
import { isReadLater } from '../domain/processes/process-origin.ts';
import { ageNs } from '../domain/processes/process-table.ts';
import type { SystemState } from '../domain/processes/system-state.ts';
import type { EventSource } from '../domain/source/event-source.ts';
import type { Store } from '../store/store.ts';
import { currentSecond } from './use-process-details.ts';

/** Maximum number of processes that are read per second, on another thread; about 2 ms. */
const maxReadsPerSecond = 16;
/** Most workers set their title within this time after the fork, ns. */
const minAgeNs = 1_000_000_000n;

/**
 * Reads commands that no event shows, once a second and in turn: those of processes that run the program of their parent,
 * which can set a title such as `nginx: worker process`, and those that were not read in time. New processes are read first.
 */
export const useLateCommands = (source: EventSource, store: Store): void => {
  const { system, view } = store.getSnapshot();
  const second = currentSecond(store.getSnapshot());
  const isReading = useRef(false);
  const turn = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `second` triggers the next reads.
  useEffect(() => {
    if (view.paused || isReading.current || !source.readDetails) return;
    const { recent, older } = findProcesses(system);
    if (turn.current >= older.length) turn.current = 0;
    const chosen = [...recent, ...older.slice(turn.current)].slice(0, maxReadsPerSecond);
    turn.current += Math.max(0, chosen.length - recent.length);
    isReading.current = true;
    void readCommands(chosen, source, store).finally(() => {
      isReading.current = false;
    });
  }, [source, store, second]);
};

/** Returns the processes that are old enough to be read, those that have just become so apart. */
const findProcesses = ({ table, ancestry, guest, nowNs }: SystemState) => {
  const recent: ProcessId[] = [];
  const older: ProcessId[] = [];
  for (const process of table.live()) {
    if (process.kthread || process.zombie) continue;
    const age = ageNs(process, nowNs, guest.bootOffsetNs);
    const origin = ancestry.find(process);
    if (age === undefined || age < minAgeNs || !origin || !isReadLater(origin.nameHistory)) continue;
    (age < 2n * minAgeNs ? recent : older).push({ pid: process.pid, startTicks: process.startTicks });
  }
  return { recent, older };
};

/** Reads one process after the other, so that a read that does not return delays the others only. */
const readCommands = async (
  processes: readonly ProcessId[],
  source: EventSource,
  store: Store,
): Promise<void> => {
  for (const process of processes) {
    const args = (await source.readDetails?.(process))?.args;
    if (args && args.length > 0) store.setLateArgs(process, args);
  }
};
