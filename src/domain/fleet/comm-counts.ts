import type { PulseComm } from '../events/record.ts';

type Counts = Omit<PulseComm, 'comm'>;

/** Number of comms that are kept when there are too many, and the number from which there are. */
const keptComms = 64;
const tooManyComms = 96;

/**
 * Spawns, exits and failed exits by comm, in bounded memory. The comms with the fewest of them are dropped, so that the
 * counts of a comm that returns are lower bounds.
 */
export class CommCounts {
  #byComm = new Map<string, Counts>();

  add(comm: string, kind: keyof Counts, times = 1): void {
    let counts = this.#byComm.get(comm);
    if (!counts) {
      if (this.#byComm.size >= tooManyComms) this.#dropRare();
      counts = { spawned: 0, exited: 0, failed: 0 };
      this.#byComm.set(comm, counts);
    }
    counts[kind] += times;
  }

  /** Moves a spawn to the name of the program that the process executed. */
  moveSpawn(from: string, to: string): void {
    const counts = this.#byComm.get(from);
    if (from === to || !counts || counts.spawned === 0) return;
    counts.spawned--;
    this.add(to, 'spawned');
  }

  /** Returns the comms with the most spawns and exits, those first. */
  top(limit: number): PulseComm[] {
    const active = [...this.#byComm].filter(([, counts]) => activityOf(counts) > 0);
    return active
      .toSorted(([, a], [, b]) => activityOf(b) - activityOf(a))
      .slice(0, limit)
      .map(([comm, counts]) => ({ comm, ...counts }));
  }

  #dropRare(): void {
    const byActivity = [...this.#byComm].toSorted(([, a], [, b]) => activityOf(b) - activityOf(a));
    this.#byComm = new Map(byActivity.slice(0, keptComms));
  }
}

const activityOf = ({ spawned, exited }: Counts): number => spawned + exited;
