import type { Match, Sighting } from './match.ts';
import type { Observation } from './observation.ts';

/** Counts, so that rounds can be added up before shares are taken. */
export type Score = {
  children: number;
  seen: number;
  /** Of all children: the last name told is the last name it had. */
  named: number;
  /** Of those seen. */
  exits: number;
  /** Exits told within 5 ms of the reap. */
  prompt: number;
  duplicates: number;
  invented: number;
  /** Exits told before the spawn, or without one. */
  early: number;
};

const promptNs = 5_000_000n;

export const noScore: Score = {
  children: 0,
  seen: 0,
  named: 0,
  exits: 0,
  prompt: 0,
  duplicates: 0,
  invented: 0,
  early: 0,
};

export const addScores = (a: Score, b: Score): Score => {
  const sum = { ...a };
  for (const key of Object.keys(sum) as (keyof Score)[]) sum[key] += b[key];
  return sum;
};

export const scoreOf = ({ sightings, invented }: Match): Score => {
  const score = { ...noScore, children: sightings.length, invented: invented.length };
  for (const sighting of sightings) count(sighting, score);
  return score;
};

const count = ({ life, said }: Sighting, score: Score): void => {
  const spawn = said.findIndex(({ what }) => what === 'spawn');
  const exit = said.findIndex(({ what }) => what === 'exit');
  const count = (kind: Observation['what']) => said.filter(({ what }) => what === kind).length;
  if (exit >= 0 && (spawn < 0 || exit < spawn || said[exit]!.ns < said[spawn]!.ns)) score.early++;
  if (spawn < 0) return;
  score.seen++;
  score.duplicates += count('spawn') - 1 + Math.max(0, count('exit') - 1);
  if (said.at(-1)?.comm === life.comm) score.named++;
  if (exit < 0) return;
  score.exits++;
  const late = said[exit]!.ns - life.reapNs;
  if (late <= promptNs && late >= -promptNs) score.prompt++;
};

/** How often a contestant told something as having happened before what it told last. */
export const disorder = (observations: readonly Observation[]): number => {
  let count = 0;
  for (let i = 1; i < observations.length; i++) {
    if (observations[i]!.ns < observations[i - 1]!.ns) count++;
  }
  return count;
};
