import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ProcessOrigin } from '../../../domain/processes/process-origin.ts';
import type { TraceStateSnapshot } from './trace-state.ts';

type Columns = { keys: string[]; values: unknown[][] };

/** Rows of the same shape as columns: names once, not once a row. */
const toColumns = (rows: readonly object[]): Columns => {
  const keys = Object.keys(rows[0] ?? {});
  return { keys, values: keys.map((key) => rows.map((row) => (row as Record<string, unknown>)[key])) };
};

const fromColumns = <T>({ keys, values }: Columns): T[] =>
  Array.from({ length: values[0]?.length ?? 0 }, (_, row) =>
    Object.fromEntries(keys.map((key, column) => [key, values[column]?.[row]])),
  ) as T[];

/** Siblings have the same line of descent: as one array it is written once. */
const shareAncestors = () => {
  const lines = new Map<string, readonly number[]>();
  return (kin: ProcessOrigin): ProcessOrigin => {
    const key = kin.ancestors.join(' ');
    const ancestors = lines.get(key) ?? kin.ancestors;
    lines.set(key, ancestors);
    return { ...kin, ancestors };
  };
};

type PackedLists = { live: Columns; exited: Columns; origins: Columns; exitedOrigins: Columns };
type PackedState = { rest: TraceStateSnapshot } & PackedLists;

/** A snapshot as bytes; BigInts stay exact. */
export const packState = (snapshot: TraceStateSnapshot): Uint8Array => {
  const { systemState } = snapshot;
  const { table, ancestry } = systemState;
  const share = shareAncestors();
  const packed: PackedState = {
    rest: {
      ...snapshot,
      systemState: {
        ...systemState,
        table: { ...table, live: [], exited: [] },
        ancestry: { ...ancestry, live: [], exited: [] },
      },
    },
    live: toColumns(table.live),
    exited: toColumns(table.exited),
    origins: toColumns(ancestry.live.map(share)),
    exitedOrigins: toColumns(ancestry.exited.map(share)),
  };
  return deflateRawSync(serialize(packed), { level: 1 });
};

export const unpackState = (bytes: Uint8Array): TraceStateSnapshot => {
  const { rest, live, exited, origins, exitedOrigins } = deserialize(inflateRawSync(bytes)) as PackedState;
  const { systemState } = rest;
  return {
    ...rest,
    systemState: {
      ...systemState,
      table: { ...systemState.table, live: fromColumns(live), exited: fromColumns(exited) },
      ancestry: { ...systemState.ancestry, live: fromColumns(origins), exited: fromColumns(exitedOrigins) },
    },
  };
};
