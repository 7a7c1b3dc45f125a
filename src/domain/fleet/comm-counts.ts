import type { ExitedEvent } from '../events/event.ts';
import { type ExitStatus, isFailure, isStatusKnown, pickExitStatus } from '../events/exit-status.ts';
import type { PulseComm } from '../events/record.ts';
import type { GuestComm } from './guest-details.ts';

/** Counts of one comm. `known`: exits with a known status. `lastFailure`: the newest failed one, CLOCK_MONOTONIC ns. */
type Counts = Omit<PulseComm, 'comm'> & {
  known: number;
  lastFailure: { status: ExitStatus; atNs: bigint } | undefined;
};

/** Number of comms that are kept when there are too many, and the number from which there are. */
const keptComms = 64;
const tooManyComms = 96;

/**
 * Spawns, exits and failed exits by comm, in bounded memory. The comms with the fewest of them are dropped, so that the
 * counts of a comm that returns are lower bounds.
 */
export class CommCounts {
  #byComm = new Map<string, Counts>();

  countSpawn(comm: string): void {
    this.#countsOf(comm).spawned++;
  }

  countExit(event: ExitedEvent): void {
    const counts = this.#countsOf(event.guest_comm);
    counts.exited++;
    if (isStatusKnown(event)) counts.known++;
    if (!isFailure(event)) return;
    counts.failed++;
    counts.lastFailure = { status: pickExitStatus(event), atNs: event.guest_monotonic_ns };
  }

  /** Moves a spawn to the name of the program that the process executed. */
  moveSpawn(from: string, to: string): void {
    const counts = this.#byComm.get(from);
    if (from === to || !counts || counts.spawned === 0) return;
    counts.spawned--;
    this.countSpawn(to);
  }

  /** Returns the comms with the most spawns and exits, those first. */
  top(limit: number): PulseComm[] {
    return this.#byActivity()
      .slice(0, limit)
      .filter(([, counts]) => activityOf(counts) > 0)
      .map(([comm, { spawned, exited, failed }]) => ({ comm, spawned, exited, failed }));
  }

  /** Returns all counts. `wallOffsetNs` is the wall clock minus the monotonic clock. */
  list(wallOffsetNs: bigint): GuestComm[] {
    return Array.from(this.#byComm, ([comm, { lastFailure, ...counts }]) => ({
      comm,
      ...counts,
      ...(lastFailure && {
        lastFailure: { status: lastFailure.status, wallNs: lastFailure.atNs + wallOffsetNs },
      }),
    }));
  }

  #countsOf(comm: string): Counts {
    const known = this.#byComm.get(comm);
    if (known) return known;
    if (this.#byComm.size >= tooManyComms) this.#byComm = new Map(this.#byActivity().slice(0, keptComms));
    const counts = { spawned: 0, exited: 0, failed: 0, known: 0, lastFailure: undefined };
    this.#byComm.set(comm, counts);
    return counts;
  }

  #byActivity(): [string, Counts][] {
    return [...this.#byComm].toSorted(([, a], [, b]) => activityOf(b) - activityOf(a));
  }
}

const activityOf = ({ spawned, exited }: Counts): number => spawned + exited;
