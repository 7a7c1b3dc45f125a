import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ProcessOrigin } from '../../../domain/processes/process-origin.ts';
import type { TraceStateSnapshot } from './trace-state.ts';

type Columns = { keys: string[]; values: unknown[][] };

/** Converts rows of similar shapes to columns, so that keys are stored once. */
const toColumns = (rows: readonly object[]): Columns => {
  const keys = [...new Set(rows.flatMap(Object.keys))];
  return { keys, values: keys.map((key) => rows.map((row) => (row as Record<string, unknown>)[key])) };
};

const fromColumns = <T>({ keys, values }: Columns): T[] =>
  Array.from({ length: values[0]?.length ?? 0 }, (_, row) =>
    Object.fromEntries(keys.map((key, column) => [key, values[column]?.[row]])),
  ) as T[];

/** Returns a function that gives equal ancestor lists the same array, which is then serialized once. */
const shareAncestors = () => {
  const lists = new Map<string, readonly number[]>();
  return (origin: ProcessOrigin): ProcessOrigin => {
    const key = origin.ancestors.join(' ');
    const ancestors = lists.get(key) ?? origin.ancestors;
    lists.set(key, ancestors);
    return { ...origin, ancestors };
  };
};

type PackedLists = { live: Columns; exited: Columns; origins: Columns; exitedOrigins: Columns };
type PackedState = { rest: TraceStateSnapshot } & PackedLists;

/** Serializes and compresses a snapshot. BigInts stay exact. */
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

/** Reverses `packState`. */
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
