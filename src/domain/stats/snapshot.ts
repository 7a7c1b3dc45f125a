import type { ChurnStats } from './churn-stats.ts';
import type { Tally } from './group-stats.ts';
import { type Grouping, groupings } from './groups.ts';
import type { RestartLoops } from './restart-loops.ts';

/** The keys of a grouping: those held, and `other` for those that fell out. */
type Counted = Iterable<Tally> & { readonly other: Tally; readonly fallen: number };

/** What rows are worked out of: statistics as they go on, or as they were at one moment. */
export type ChurnPicture = Readonly<
  Pick<ChurnStats, 'nowNs' | 'second' | 'spanNs' | 'rateSpan' | 'all'> & {
    by: Readonly<Record<Grouping, Counted>>;
    loops: Pick<RestartLoops, 'list'>;
  }
>;

/** Statistics as they are now, for a frozen view. */
export const pictureOf = (stats: ChurnStats): ChurnPicture => {
  const { nowNs, second, spanNs, rateSpan, all, by, loops } = stats;
  const copies = groupings.map((grouping) => {
    const { other, fallen } = by[grouping];
    const byOther = other.clone();
    const tallies = Array.from(by[grouping], (tally) => (tally === other ? byOther : tally.clone()));
    return [grouping, Object.assign(tallies, { other: byOther, fallen })];
  });
  const runs = loops.list().map((run) => ({ ...run }));
  return {
    nowNs,
    second,
    spanNs,
    rateSpan,
    all: all.clone(),
    by: Object.fromEntries(copies),
    loops: { list: () => runs },
  };
};
