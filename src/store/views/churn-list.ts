import type { Accepts } from '../../domain/filter/filter.ts';
import type { Subject as Judged } from '../../domain/filter/subject.ts';
import type { Tally } from '../../domain/stats/group-stats.ts';
import { churnRow, ranked, rankings } from '../../domain/stats/group-summary.ts';
import { type Grouping, otherKey } from '../../domain/stats/groups.ts';
import { type LoopRow, loopRows } from '../../domain/stats/report.ts';
import type { Order } from '../actions/view-id.ts';
import type { ChurnLine } from './churn-columns.ts';
import { type ChurnScene, picksNames } from './churn-data.ts';
import type { List } from './row-list.ts';

/** How the churn view is looked at. */
export type ChurnLook = { filter: Accepts; by: Grouping; order: Order };

const isRanking = (by: string): by is keyof typeof rankings => by in rankings;

/** Keys under which anything happened and that the filter lets through, in order. */
export const churnTallies = ({ picture }: ChurnScene, { filter, by, order }: ChurnLook): Tally[] => {
  const tallies = ranked(picture, by, isRanking(order.by) ? order.by : 'spawns');
  const passing =
    filter.facts.length > 0 && picksNames(filter, by)
      ? tallies.filter(({ key }) => filter.matches(named(key)))
      : tallies;
  const text = texts[order.by];
  if (text) passing.sort(comparing((tally) => text(tally, by)));
  if (order.by === 'loop') passing.sort(byLoop(picture, by));
  return order.reversed ? passing.reverse() : passing;
};

/** What rows are sorted by that is no number; what is not known comes last. */
const texts: Readonly<Record<string, (tally: Tally, by: Grouping) => string | undefined>> = {
  name: (tally, by) => nameOf(tally, by),
  mostly: ({ mostly }) => mostly.first()?.name,
};

/** Rows of one text stay in the order they are in. */
const comparing = (text: (tally: Tally) => string | undefined) => (a: Tally, b: Tally) => {
  const [one, other] = [text(a), text(b)];
  if (one === other) return 0;
  if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
  return one < other ? -1 : 1;
};

/** The longest loop first. */
const byLoop = (picture: ChurnScene['picture'], by: Grouping) => {
  const loops = loopsOf(picture, by);
  const countOf = ({ key }: Tally) => loops.get(key)?.count ?? 0;
  return (a: Tally, b: Tally) => countOf(b) - countOf(a);
};

/** All that is known of a comm as such. */
const named = (comm: string): Judged => ({
  pid: -1,
  comm,
  ppid: undefined,
  uid: undefined,
  user: undefined,
  cgroup: undefined,
  ageNs: undefined,
  lifetimeNs: undefined,
  event: undefined,
  isUnder: () => false,
});

/** Of a parent its PID and comm (where it must be cut, the comm is), if it was known; of all else the key. */
const nameOf = ({ key, lineage }: Tally, by: Grouping): string => {
  if (lineage?.[0]) return `${lineage[0].pid} ${lineage[0].comm}`;
  return by === 'parent' && key !== otherKey ? '?' : key;
};

/** The comm that a row is of: its own, or its parent's; users have none, and neither have those that fell together. */
const commOf = ({ key, lineage }: Tally, by: Grouping): string | undefined =>
  by === 'comm' && key !== otherKey ? key : lineage?.[0]?.comm;

/** What the rows of some tallies show. */
export const churnLines = (
  { picture }: ChurnScene,
  tallies: readonly Tally[],
  by: Grouping,
  userName: (uid: number) => string,
): ChurnLine[] => {
  const loops = loopsOf(picture, by);
  return tallies.map((tally) => ({
    row: churnRow(picture, tally),
    births: tally.births.history(picture.second).slice(0, -1),
    loop: loops.get(tally.key),
    name: by === 'user' && /^\d+$/.test(tally.key) ? userName(Number(tally.key)) : nameOf(tally, by),
  }));
};

/** Loops that go on, by the key under which they are shown: the longest of each. */
const loopsOf = (picture: ChurnScene['picture'], by: Grouping): Map<string, LoopRow> => {
  const loops = new Map<string, LoopRow>();
  for (const loop of loopRows(picture)) {
    const key = { comm: loop.comm, parent: loop.parentKey, user: undefined }[by];
    if (loop.goesOn && key !== undefined && !loops.has(key)) loops.set(key, loop);
  }
  return loops;
};

/** A comm must not be taken for a process, nor a user for a comm: each key says what it is of. */
export const churnList = (tallies: readonly Tally[], by: Grouping): List => {
  const keyOf = (tally: Tally) => `${by}:${tally.key}`;
  return {
    length: tallies.length,
    find: (key) => tallies.findIndex((tally) => keyOf(tally) === key),
    findComm: (comm) => tallies.findIndex((tally) => commOf(tally, by) === comm),
    subject: (index) => {
      const tally = tallies[index] as Tally;
      return { key: keyOf(tally), comm: commOf(tally, by), pid: tally.lineage?.[0]?.pid };
    },
  };
};
