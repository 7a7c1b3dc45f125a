import { isWithin, type Observation, type Span } from './observation.ts';
import type { Life, Truth } from './truth.ts';

/** What one contestant said of one child, in the order it said it. */
export type Sighting = { life: Life; said: Observation[] };

export type Match = {
  sightings: Sighting[];
  /** Observations of the generator's children that fit no life of theirs. */
  invented: Observation[];
};

/** A walk stamps with the time it began, before it read the child: up to its own length too early. */
const earlyNs = 50_000_000n;
/**
 * A tool may tell as late as it likes (how late is a figure, not a reason to call it another's) if it tells the name;
 * without the name a number is soon someone else's, yet the walk each second must have come by.
 */
const lateNs = 5_000_000_000n;
const lateNamelessNs = 1_500_000_000n;

const always: Span = { fromNs: 0n, toNs: 1n << 64n };

/**
 * Each observation within the span goes to the life it can be of; what can be of none, yet claims to be of a child (by a
 * name with the prefix, or by its parent), is an invention.
 */
export const matchLives = (
  truth: Truth,
  observations: readonly Observation[],
  prefix: string,
  span: Span = always,
): Match => {
  const sightings = truth.lives.map((life): Sighting => ({ life, said: [] }));
  const byPid = new Map<number, Sighting[]>();
  for (const sighting of sightings) {
    const { pid } = sighting.life;
    const of = byPid.get(pid);
    if (of) of.push(sighting);
    else byPid.set(pid, [sighting]);
  }
  const invented: Observation[] = [];
  for (const observation of withoutStrangers(observations, truth.generator, prefix)) {
    if (!isWithin(span, observation.ns)) continue;
    const sighting = likeliest(byPid.get(observation.pid) ?? [], observation);
    if (sighting) sighting.said.push(observation);
    else if (observation.comm.startsWith(prefix) || observation.ppid === truth.generator) {
      invented.push(observation);
    }
  }
  return { sightings, invented };
};

/**
 * Without the generator itself, and without processes of other parents: a child's number may have been theirs before it,
 * and their end be told in its time, or theirs after it. Hence it needs to be told all, from the first look on.
 */
const withoutStrangers = (observations: readonly Observation[], generator: number, prefix: string) => {
  const strangers = new Set<number>();
  return observations.filter(({ what, pid, ppid, comm }) => {
    if (pid === generator) return false;
    if (what === 'spawn') strangers.delete(pid);
    if (what === 'found' || (what === 'spawn' && ppid !== undefined && ppid !== generator))
      strangers.add(pid);
    return !strangers.has(pid) || comm.startsWith(prefix);
  });
};

/** Of several lives under one reused PID: the one with that very name, else the one nearest in time. */
const likeliest = (of: readonly Sighting[], observation: Observation): Sighting | undefined => {
  let best: Sighting | undefined;
  let bestRank = 0n;
  for (const sighting of of) {
    const { forkNs, reapNs, comm } = sighting.life;
    const { ns } = observation;
    const named = observation.comm === comm;
    if (ns < forkNs - earlyNs || ns > reapNs + (named ? lateNs : lateNamelessNs)) continue;
    const distance = observation.what === 'exit' ? apart(ns, reapNs) : outside(ns, forkNs, reapNs);
    const rank = distance + (named ? 0n : lateNs * 2n);
    if (!best || rank < bestRank) [best, bestRank] = [sighting, rank];
  }
  return best;
};

const apart = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

/** How far outside a span; 0 within it. */
const outside = (ns: bigint, from: bigint, to: bigint): bigint => {
  if (ns < from) return from - ns;
  return ns > to ? ns - to : 0n;
};
