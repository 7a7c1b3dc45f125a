import type { Batch } from '../../domain/events/event.ts';
import type { Accepts } from '../../domain/filter/filter.ts';
import { noFilter } from '../../domain/filter/match-all.ts';
import type { World } from '../../domain/processes/system-state.ts';
import { ChurnStats } from '../../domain/stats/churn-stats.ts';
import { HeldChurn } from '../../domain/stats/filtered-stats.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import { type ChurnPicture, pictureOf } from '../../domain/stats/snapshot.ts';
import type { ViewId } from '../actions/view-id.ts';

/** The statistics on screen, and whether they tell of the events held only, or of all since the start. */
export type ChurnScene = { picture: ChurnPicture; heldOnly: boolean };

/** Names can be picked out of what is counted by name; every other fact has to be asked of the events. */
export const picksNames = ({ facts }: Accepts, by: Grouping): boolean =>
  facts.length === 0 || (by === 'comm' && facts.every((fact) => fact === 'comm'));

/** Keeps the statistics behind the churn view: of all that comes, and, for a filter that asks for more, of what is held. */
export class Churn {
  #all = new ChurnStats();
  /** The world was put in place whole: what went before it was never told. */
  #begunLate = false;
  #frozen: ChurnPicture | undefined;
  #held: HeldChurn | undefined;

  ingest({ nowNs, records }: Batch): void {
    for (const record of records) this.#all.apply(record);
    this.#all.advance(nowNs);
  }

  /** Another moment: all that is known of what went before is what the world holds. */
  restart(world: World): void {
    this.#all = new HeldChurn(world, noFilter).stats;
    this.#begunLate = true;
  }

  /** Statistics go on while the view is frozen. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen ? pictureOf(this.#all) : undefined;
  }

  /** Events are asked only while someone looks at what they give. */
  look(world: World, { shown, filter, by }: { shown: ViewId; filter: Accepts; by: Grouping }): ChurnScene {
    if (shown !== 'churn' || picksNames(filter, by)) {
      this.#held = undefined;
      return { picture: this.#frozen ?? this.#all, heldOnly: this.#begunLate };
    }
    if (this.#held?.isOf(world, filter)) this.#held.catchUp();
    else this.#held = new HeldChurn(world, filter);
    return { picture: this.#held.stats, heldOnly: true };
  }
}
