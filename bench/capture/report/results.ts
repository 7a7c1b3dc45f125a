import type { Cost } from '../measure/cost.ts';
import type { Memory } from '../measure/memory.ts';
import type { PidWrap } from '../measure/pid-wrap.ts';
import { addScores, emptyScore, type Score } from '../measure/score.ts';
import type { Outcome } from '../measure/session.ts';
import { type OtherName, otherNames, ownName, type Source, sources, type ToolName } from '../tools/tool.ts';

/** The results of one run of the benchmark. Undefined or empty: not measured. */
export type Results = {
  machine: string;
  commit: string;
  rounds: number;
  seconds: number;
  names: readonly ToolName[];
  /** One outcome per round, workload and tool. */
  accuracy: readonly Outcome[];
  /** Storms with all tools. */
  storm: readonly Outcome[];
  /** Storms with one churntop as the only tool. */
  stormAlone: readonly Outcome[];
  /** One cost per round and scene. */
  costs: readonly Cost[];
  /** The results, or why they could not be measured. */
  pidWrap: PidWrap | string | undefined;
  /** One per source. */
  memory: readonly Memory[];
};

/** Returns the sources of churntop that took part. */
export const sourcesIn = ({ names }: Pick<Results, 'names'>): Source[] =>
  sources.filter((source) => names.includes(ownName(source)));

/** Returns the other tools that took part. */
export const othersIn = ({ names }: Pick<Results, 'names'>): OtherName[] =>
  otherNames.filter((name) => names.includes(name));

/** Returns the outcomes of a tool, optionally of one workload only. */
export const outcomesOf = (outcomes: readonly Outcome[], tool: ToolName, workload?: string): Outcome[] =>
  outcomes.filter(
    (outcome) => outcome.tool === tool && (workload === undefined || outcome.workload === workload),
  );

export const workloadNames = (outcomes: readonly Outcome[]): string[] => [
  ...new Set(outcomes.map(({ workload }) => workload)),
];

/** Adds up the scores of all rounds. */
export const totalScore = (outcomes: readonly Outcome[]): Score =>
  outcomes.reduce((sum, { score }) => addScores(sum, score), emptyScore);

const share = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);

export const seenShare = ({ seen, children }: Score) => share(seen, children);
export const namedShare = ({ named, children }: Score) => share(named, children);
export const exitShare = ({ exits, seen }: Score) => share(exits, seen);
export const promptShare = ({ promptExits, seen }: Score) => share(promptExits, seen);
export const rightStatusShare = ({ rightStatuses, exits }: Score) => share(rightStatuses, exits);
export const unknownStatusShare = ({ rightStatuses, wrongStatuses, exits }: Score) =>
  share(exits - rightStatuses - wrongStatuses, exits);
export const wrongReports = ({ duplicates, invented, earlyExits }: Score) =>
  duplicates + invented + earlyExits;
