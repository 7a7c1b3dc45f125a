import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Kin } from '../../../domain/processes/ancestry.ts';
import type { FoldSnapshot } from './trace-state.ts';

type Columns = { keys: string[]; values: unknown[][] };

/** Rows of the same shape as columns: names once, not once a row. */
const columnsOf = (rows: readonly object[]): Columns => {
  const keys = Object.keys(rows[0] ?? {});
  return { keys, values: keys.map((key) => rows.map((row) => (row as Record<string, unknown>)[key])) };
};

const rowsOf = <T>({ keys, values }: Columns): T[] =>
  Array.from({ length: values[0]?.length ?? 0 }, (_, row) =>
    Object.fromEntries(keys.map((key, column) => [key, values[column]?.[row]])),
  ) as T[];

/** Siblings have the same line of descent: as one array it is written once. */
const sharing = () => {
  const lines = new Map<string, readonly number[]>();
  return (kin: Kin): Kin => {
    const key = kin.line.join(' ');
    const line = lines.get(key) ?? kin.line;
    lines.set(key, line);
    return { ...kin, line };
  };
};

type Lists = { live: Columns; ended: Columns; kin: Columns; endedKin: Columns };
type Packed = { rest: FoldSnapshot } & Lists;

/** A snapshot as bytes; BigInts stay exact. */
export const pack = (snapshot: FoldSnapshot): Uint8Array => {
  const { world } = snapshot;
  const { table, ancestry } = world;
  const share = sharing();
  const packed: Packed = {
    rest: {
      ...snapshot,
      world: {
        ...world,
        table: { ...table, live: [], ended: [] },
        ancestry: { ...ancestry, live: [], ended: [] },
      },
    },
    live: columnsOf(table.live),
    ended: columnsOf(table.ended),
    kin: columnsOf(ancestry.live.map(share)),
    endedKin: columnsOf(ancestry.ended.map(share)),
  };
  return deflateRawSync(serialize(packed), { level: 1 });
};

export const unpack = (bytes: Uint8Array): FoldSnapshot => {
  const { rest, live, ended, kin, endedKin } = deserialize(inflateRawSync(bytes)) as Packed;
  const { world } = rest;
  return {
    ...rest,
    world: {
      ...world,
      table: { ...world.table, live: rowsOf(live), ended: rowsOf(ended) },
      ancestry: { ...world.ancestry, live: rowsOf(kin), ended: rowsOf(endedKin) },
    },
  };
};
