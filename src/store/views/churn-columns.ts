import type { ChurnRow, Ranking } from '../../domain/stats/group-summary.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import type { LoopRow } from '../../domain/stats/report.ts';
import { grouped, shortDuration, shortRate } from '../../util/format.ts';
import type { Placed } from './table-column.ts';

/** A row of the churn view, worked out only when it is on screen. */
export type ChurnLine = {
  row: ChurnRow;
  /** Births by second of the last minute, oldest first; the running second is left out. */
  births: readonly number[];
  /** The restart loop that goes on under this key. */
  loop: LoopRow | undefined;
  name: string;
};

export type ChurnSort = Ranking | 'name' | 'loop' | 'mostly';

export type ChurnColumn = Placed & {
  id: ChurnSort | 'last';
  title: string | Readonly<Record<Grouping, string>>;
  /** Numbers are drawn as a sparkline. */
  cell: (line: ChurnLine) => string | readonly number[];
};

const number = (
  id: Ranking,
  title: string,
  width: number,
  from: number,
  text: (row: ChurnRow) => string,
): ChurnColumn => ({ id, title, width, align: 'right', from, cell: ({ row }) => text(row) });

/** Nobody ended yet: nothing is known, and nothing is missing. */
const lived = (ns: bigint | undefined) => (ns === undefined ? '' : shortDuration(ns));

/** The columns of the churn view, left to right. */
export const churnColumns: readonly ChurnColumn[] = [
  {
    id: 'name',
    title: { comm: 'COMM', parent: 'PARENT', user: 'USER' },
    width: (list) => (list < 100 ? 15 : 24),
    align: 'left',
    from: 0,
    cell: ({ name }) => name,
  },
  number('rate', 'NOW/S', 6, 0, ({ rate }) => shortRate(rate)),
  {
    id: 'last',
    title: 'LAST 60 S',
    width: (list) => Math.max(9, Math.min(30, Math.floor((list - 80) / 3))),
    align: 'left',
    from: 60,
    cell: ({ births }) => births,
  },
  number('peak', 'PEAK', 5, 130, ({ peak }) => grouped(peak)),
  number('spawns', 'TOTAL', 7, 0, ({ spawns }) => grouped(spawns)),
  number('exits', 'EXITS', 7, 130, ({ exits }) => grouped(exits)),
  number('alive', 'ALIVE', 5, 0, ({ alive }) => grouped(alive)),
  number('zombies', 'ZOMB', 4, 100, ({ zombies }) => (zombies > 0 ? grouped(zombies) : '')),
  number('p50', 'P50', 6, 50, ({ lifetimes }) => lived(lifetimes.p50)),
  number('p95', 'P95', 6, 66, ({ lifetimes }) => lived(lifetimes.p95)),
  number('shortest', 'SHORT', 6, 72, ({ lifetimes }) => lived(lifetimes.min)),
  {
    id: 'loop',
    title: 'RESTARTS',
    width: 18,
    align: 'left',
    from: 110,
    cell: ({ loop }) =>
      loop ? `${grouped(loop.count)} × ${shortDuration(BigInt(Math.round(loop.periodNs)))}` : '',
  },
  {
    id: 'mostly',
    title: { comm: 'MOSTLY BY', parent: 'MOSTLY', user: 'MOSTLY' },
    width: undefined,
    align: 'left',
    from: 76,
    cell: ({ row: { mostly, spawns } }) => (mostly ? share(mostly, spawns) : ''),
  },
];

/** The part is told where it is not all. */
const share = ({ name, count }: { name: string; count: number }, spawns: number): string => {
  const percent = Math.min(100, Math.round((100 * count) / Math.max(1, spawns)));
  return percent === 100 ? name : `${name} ${percent}%`;
};

/** `s` goes round in this order: what churns most now comes first. */
export const churnSorts: readonly ChurnSort[] = [
  'rate',
  'spawns',
  'alive',
  'p50',
  'p95',
  'shortest',
  'zombies',
  'peak',
  'exits',
  'loop',
  'mostly',
  'name',
];
