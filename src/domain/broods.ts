import type { Ledger } from './ledger.ts';
import type { Tallies } from './tallies.ts';
import type { Tally } from './tally.ts';

export const unknown = '?';

/** What has no parent is started by the kernel itself. */
const nameOf = (ppid: number): string => (ppid === 0 ? 'kernel' : unknown);

/** Where the children of each process are counted: by PID and start, for PIDs come round again. */
export class Broods {
  readonly #ledger: Ledger;
  readonly #tallies: Tallies;

  constructor(ledger: Ledger, tallies: Tallies) {
    this.#ledger = ledger;
    this.#tallies = tallies;
  }

  of(ppid: number | undefined): Tally {
    const parent = ppid === undefined ? undefined : this.#ledger.get(ppid);
    if (parent?.brood && !parent.brood.into) return parent.brood;
    if (!parent) {
      const lineage = ppid === undefined ? undefined : [{ pid: ppid, comm: nameOf(ppid) }];
      return this.#tallies.open(`${ppid ?? unknown}@${unknown}`, lineage);
    }
    const key = `${ppid}@${parent.startTicks ?? unknown}`;
    parent.brood = this.#tallies.open(key, this.#ledger.lineageOf(parent));
    return parent.brood;
  }
}
