import type { ContestantName } from './contestant.ts';
import type { Cost } from './cost.ts';
import type { Memory } from './memory.ts';
import { addScores, noScore, type Score } from './score.ts';
import type { Outcome } from './session.ts';
import type { Wrap } from './wrap.ts';

/** Everything one run of the bench found; what was left out is undefined. */
export type Results = {
  machine: string;
  commit: string;
  rounds: number;
  seconds: number;
  names: readonly ContestantName[];
  /** One list a round. */
  accuracy: readonly Outcome[];
  storm: readonly Outcome[];
  /** The storm with churntop as the only watcher. */
  stormAlone: readonly Outcome[];
  /** One list entry a round and scene. */
  costs: readonly Cost[];
  wrap: Wrap | string | undefined;
  memory: Memory | undefined;
};

export const of = (outcomes: readonly Outcome[], who: ContestantName, cell?: string): Outcome[] =>
  outcomes.filter((outcome) => outcome.who === who && (cell === undefined || outcome.cell === cell));

export const cellNames = (outcomes: readonly Outcome[]): string[] => [
  ...new Set(outcomes.map(({ cell }) => cell)),
];

/** Counts of all rounds together. */
export const pooled = (outcomes: readonly Outcome[]): Score =>
  outcomes.reduce((sum, { score }) => addScores(sum, score), noScore);

const share = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);

export const seenShare = ({ seen, children }: Score) => share(seen, children);
export const namedShare = ({ named, children }: Score) => share(named, children);
export const exitShare = ({ exits, seen }: Score) => share(exits, seen);
export const promptShare = ({ prompt, seen }: Score) => share(prompt, seen);
export const wrong = ({ duplicates, invented, early }: Score) => duplicates + invented + early;
