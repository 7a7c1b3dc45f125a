import { placeOf } from '../cgroups/place.ts';
import { containerName, shortenIds } from '../cgroups/place-text.ts';
import type { SystemState } from '../processes/system-state.ts';
import type { KnownValues } from './completion.ts';

/** Returns the values that live and recently exited processes have, of the fields whose values are names, sorted. */
export const knownValues = ({ table, guest }: SystemState): KnownValues => {
  const comm = new Set<string>();
  const uids = new Set<number>();
  const cgroups = new Set<string>();
  for (const process of [...table.live(), ...table.recentlyExited()]) {
    if (process.comm !== '') comm.add(process.comm);
    if (process.uid !== undefined) uids.add(process.uid);
    if (process.cgroup !== undefined) cgroups.add(process.cgroup);
  }
  const places = [...cgroups].map(placeOf);
  return {
    comm: sorted(comm),
    user: sorted([...uids].map(guest.userName)),
    // The unit of a container can have the ID of the container as its name.
    unit: sorted(places.flatMap(({ unit }) => (unit !== undefined && shortenIds(unit) === unit ? unit : []))),
    container: sorted(places.flatMap(({ containers }) => containers.map(containerName))),
  };
};

const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort();
