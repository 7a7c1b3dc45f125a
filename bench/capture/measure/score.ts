import type { Observation } from '../tools/observation.ts';
import type { Match, Sighting } from './match.ts';

/** The results of one tool, as counts that can be added up over several rounds. */
export type Score = {
  children: number;
  seen: number;
  /** Children whose last reported comm is their last comm. */
  named: number;
  /** Children seen whose exit was reported. */
  exits: number;
  /** Exits reported within 5 ms of the time between the earliest exit and the reap. */
  promptExits: number;
  /** Exits reported with the exit status that the generator got. */
  rightStatuses: number;
  /** Exits reported with another status. All other exits have none: it is unknown. */
  wrongStatuses: number;
  duplicates: number;
  invented: number;
  /** Exits reported before the spawn, or without one. */
  earlyExits: number;
};

const promptNs = 5_000_000n;

export const emptyScore: Score = {
  children: 0,
  seen: 0,
  named: 0,
  exits: 0,
  promptExits: 0,
  rightStatuses: 0,
  wrongStatuses: 0,
  duplicates: 0,
  invented: 0,
  earlyExits: 0,
};

export const addScores = (a: Score, b: Score): Score => {
  const sum = { ...a };
  for (const key of Object.keys(sum) as (keyof Score)[]) sum[key] += b[key];
  return sum;
};

export const scoreOf = ({ sightings, invented }: Match): Score => {
  const score = { ...emptyScore, children: sightings.length, invented: invented.length };
  for (const sighting of sightings) addSighting(sighting, score);
  return score;
};

const addSighting = ({ lifetime, observations }: Sighting, score: Score): void => {
  const spawn = observations.findIndex(({ what }) => what === 'spawn');
  const exit = observations.findIndex(({ what }) => what === 'exit');
  const count = (kind: Observation['what']) => observations.filter(({ what }) => what === kind).length;
  if (exit >= 0 && (spawn < 0 || exit < spawn || observations[exit]!.ns < observations[spawn]!.ns))
    score.earlyExits++;
  if (spawn < 0) return;
  score.seen++;
  score.duplicates += count('spawn') - 1 + Math.max(0, count('exit') - 1);
  if (observations.at(-1)?.comm === lifetime.comm) score.named++;
  const exitObservation = observations[exit];
  if (!exitObservation) return;
  score.exits++;
  const { ns, status } = exitObservation;
  if (ns >= lifetime.exitNs - promptNs && ns <= lifetime.reapNs + promptNs) score.promptExits++;
  if (status === lifetime.status) score.rightStatuses++;
  else if (status !== undefined) score.wrongStatuses++;
};

/** Counts the observations with an earlier time than the one reported before. */
export const countDisorder = (observations: readonly Observation[]): number => {
  let count = 0;
  for (let i = 1; i < observations.length; i++) {
    if (observations[i]!.ns < observations[i - 1]!.ns) count++;
  }
  return count;
};
