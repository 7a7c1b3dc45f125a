import { placeOf } from '../cgroups/place.ts';
import { containerName, shortenIds } from '../cgroups/place-text.ts';
import type { Guest } from '../processes/guest.ts';
import type { ProcessEntry } from '../processes/process-table.ts';
import type { SystemState } from '../processes/system-state.ts';

/** Maximum number of values that are offered. */
const maxValues = 200;
/** Values that a filter does not need to quote. */
const unquoted = /^[^\s"'(),!=<>~]+$/;

/** Returns the unit of a cgroup, unless its name is the ID of a container. */
const unitsOf = (cgroup: string | undefined): readonly string[] => {
  const unit = cgroup === undefined ? undefined : placeOf(cgroup).unit;
  return unit === undefined || shortenIds(unit) !== unit ? [] : [unit];
};

/** Readers of the values that a process has, of the fields whose values are names. */
const readers: Readonly<Record<string, (process: ProcessEntry, guest: Guest) => readonly string[]>> = {
  comm: ({ comm }) => [comm],
  user: ({ uid }, { userName }) => (uid === undefined ? [] : [userName(uid)]),
  unit: ({ cgroup }) => unitsOf(cgroup),
  container: ({ cgroup }) => (cgroup === undefined ? [] : placeOf(cgroup).containers.map(containerName)),
};

/** Returns the values of a field that live and recently exited processes have, in alphabetical order; at most 200. */
export const knownValues = (field: string, { table, guest }: SystemState): readonly string[] => {
  const read = Object.hasOwn(readers, field) ? readers[field] : undefined;
  if (!read) return [];
  const values = new Set<string>();
  for (const process of [...table.live(), ...table.recentlyExited()])
    for (const value of read(process, guest)) if (unquoted.test(value)) values.add(value);
  return [...values].sort().slice(0, maxValues);
};
