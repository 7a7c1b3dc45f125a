import type { Lifetime, Truth } from '../generators/truth.ts';
import { isWithin, type Observation, type Span } from '../tools/observation.ts';

/** The observations of one child by one tool, in the order of its report. */
export type Sighting = { lifetime: Lifetime; observations: Observation[] };

export type Match = {
  sightings: Sighting[];
  /** Observations of the generator's children that match no lifetime. */
  invented: Observation[];
};

/** A walk reports the time when it started, which can be up to its duration before the fork. */
const maxEarlyNs = 50_000_000n;
/** A late report still belongs to the child if the comm is the same. Its delay is a separate figure. */
const maxLateNs = 5_000_000_000n;
/** Without the comm a PID may soon belong to another process. The bound includes the walk of every second. */
const maxLateUnnamedNs = 1_500_000_000n;

const always: Span = { fromNs: 0n, toNs: 1n << 64n };

/**
 * Assigns each observation within the span to the lifetime that it matches. An observation that matches none is invented
 * if it claims to be of a child: by a comm with the prefix, or by its parent.
 */
export const matchLifetimes = (
  truth: Truth,
  observations: readonly Observation[],
  { prefix, span = always }: { prefix: string; span?: Span },
): Match => {
  const sightings = truth.lifetimes.map((lifetime): Sighting => ({ lifetime, observations: [] }));
  const byPid = new Map<number, Sighting[]>();
  for (const sighting of sightings) {
    const { pid } = sighting.lifetime;
    const samePid = byPid.get(pid);
    if (samePid) samePid.push(sighting);
    else byPid.set(pid, [sighting]);
  }
  const invented: Observation[] = [];
  for (const observation of withoutOtherProcesses(observations, truth.generator, prefix)) {
    if (!isWithin(span, observation.ns)) continue;
    const sighting = bestMatch(byPid.get(observation.pid) ?? [], observation);
    if (sighting) sighting.observations.push(observation);
    else if (observation.comm.startsWith(prefix) || observation.ppid === truth.generator) {
      invented.push(observation);
    }
  }
  return { sightings, invented };
};

/**
 * Removes the generator and the processes of other parents, which may have had a child's PID before or after it.
 * It needs all observations since the start of the tool.
 */
const withoutOtherProcesses = (observations: readonly Observation[], generator: number, prefix: string) => {
  const others = new Set<number>();
  return observations.filter(({ what, pid, ppid, comm }) => {
    if (pid === generator) return false;
    if (what === 'spawn') others.delete(pid);
    if (what === 'found' || (what === 'spawn' && ppid !== undefined && ppid !== generator)) others.add(pid);
    return !others.has(pid) || comm.startsWith(prefix);
  });
};

/**
 * Selects among the lifetimes of a reused PID: the one with the same comm, or else the nearest in time. If several have
 * the same comm, an exec or exit belongs to the one whose spawn was reported, because a late exit may be near the next.
 */
const bestMatch = (samePid: readonly Sighting[], observation: Observation): Sighting | undefined => {
  let best: Sighting | undefined;
  let bestRank = 0n;
  for (const sighting of samePid) {
    const { forkNs, reapNs, comm } = sighting.lifetime;
    const { ns } = observation;
    const sameComm = observation.comm === comm;
    if (ns < forkNs - maxEarlyNs || ns > reapNs + (sameComm ? maxLateNs : maxLateUnnamedNs)) continue;
    const distance =
      observation.what === 'exit' ? distanceBetween(ns, reapNs) : distanceTo(ns, forkNs, reapNs);
    const isContinued = sameComm && observation.what !== 'spawn' && isOpen(sighting);
    const rank = distance + (isContinued ? 0n : maxLateNs * (sameComm ? 2n : 4n));
    if (!best || rank < bestRank) [best, bestRank] = [sighting, rank];
  }
  return best;
};

/** Returns whether the spawn was reported, and no exit so far. */
const isOpen = ({ observations }: Sighting): boolean =>
  observations.some(({ what }) => what === 'spawn') && observations.every(({ what }) => what !== 'exit');

const distanceBetween = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

/** Returns the distance to a span; 0 within it. */
const distanceTo = (ns: bigint, from: bigint, to: bigint): bigint => {
  if (ns < from) return from - ns;
  return ns > to ? ns - to : 0n;
};
