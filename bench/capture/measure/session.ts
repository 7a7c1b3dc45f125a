import { setTimeout as delay } from 'node:timers/promises';
import { runChurnWithTruth } from '../generators/churn.ts';
import type { Truth } from '../generators/truth.ts';
import { isWithin, type Span, type ToolReport } from '../tools/observation.ts';
import { startTool, type Tool, type ToolName } from '../tools/tool.ts';
import { type CpuShares, sharesBetween } from '../tools/usage.ts';
import { type Accounting, accountingOf, setIntervalNs } from './accounting.ts';
import { matchLifetimes } from './match.ts';
import { countDisorder, type Score, scoreOf } from './score.ts';
import { isStorm, type Workload } from './workloads.ts';

type WorkloadRun = {
  workload: Workload;
  prefix: string;
  truth: Truth & { threads: number };
  span: Span;
  shares: Map<ToolName, CpuShares>;
};

/** The results of one tool with one workload. */
export type Outcome = {
  workload: string;
  tool: ToolName;
  score: Score;
  shares: CpuShares;
  /** Records reported out of order. */
  disorder: number;
  /** Children per second that the generator reached. */
  childrenPerSecond: number;
  /** Threads per second that the generator reached. */
  threadsPerSecond: number;
  /** The capture modes that churntop reported. More than one: its source failed while it ran. */
  modes: readonly string[];
  /** Mean sampling interval as set, ns; undefined for tools without statuses. */
  intervalNs: number | undefined;
  accounting: Accounting | undefined;
};

/** Every tool has listed the processes, and samples at its normal rate, after this time. */
const settleMs = 2500;
/** After a workload, the slowest walk has run, and a status was reported. */
const drainMs = 1500;
/** After a storm, two audits have settled what was missed, and a status was reported. */
const stormDrainMs = 3200;

/** Distinguishes the comms of this run. Base 32 has no z. At most 5 of the 15 bytes of a comm. */
const runTag = process.pid.toString(32);

export type SessionOptions = {
  workloads: readonly Workload[];
  names: readonly ToolName[];
  seconds: number;
  folder: string;
};

/** Runs all workloads in sequence, while the tools run side by side. */
export const runSession = async (options: SessionOptions): Promise<Outcome[]> => {
  const tools = options.names.map((name) => startTool(name, options.folder));
  const runs: WorkloadRun[] = [];
  try {
    await delay(settleMs);
    for (const [index, workload] of options.workloads.entries()) {
      // No prefix starts with another, nor with that of a benchmark that runs at the same time. The child's number that
      // follows is hexadecimal, without a q.
      runs.push(await runWorkload(workload, `q${runTag}z${index}q`, tools, options));
    }
  } finally {
    await Promise.all(tools.map((tool) => tool.stop()));
  }
  return tools.flatMap(({ name, report }) => {
    const toolReport = report();
    return runs.map((run) => outcomeOf(run, name, toolReport));
  });
};

const runWorkload = async (
  workload: Workload,
  prefix: string,
  tools: readonly Tool[],
  { seconds, folder }: SessionOptions,
): Promise<WorkloadRun> => {
  const before = tools.map((tool) => tool.usage());
  const fromNs = process.hrtime.bigint();
  const truth = await runChurnWithTruth(workload.churn, { seconds, prefix, folder });
  const shares = new Map(
    tools.map((tool, index) => [tool.name, sharesBetween(before[index]!, tool.usage())]),
  );
  await delay(isStorm(workload) ? stormDrainMs : drainMs);
  return { workload, prefix, truth, span: { fromNs, toNs: process.hrtime.bigint() }, shares };
};

const outcomeOf = (
  { workload, prefix, truth, span, shares }: WorkloadRun,
  tool: ToolName,
  { observations, statuses }: ToolReport,
): Outcome => {
  const score = scoreOf(matchLifetimes(truth, observations, { prefix, span }));
  const firstNs = truth.lifetimes[0]?.forkNs ?? 0n;
  const lastNs = truth.lifetimes.at(-1)?.forkNs ?? 0n;
  const perSecond = (count: number) => (lastNs > firstNs ? (count * 1e9) / Number(lastNs - firstNs) : 0);
  const within = statuses.filter(({ ns }) => isWithin(span, ns));
  return {
    workload: workload.name,
    tool,
    score,
    shares: shares.get(tool)!,
    disorder: countDisorder(observations.filter(({ ns }) => isWithin(span, ns))),
    childrenPerSecond: perSecond(truth.lifetimes.length),
    threadsPerSecond: perSecond(truth.threads),
    modes: [...new Set(within.map(({ mode }) => mode))],
    intervalNs: setIntervalNs(statuses, span),
    accounting: accountingOf(statuses, span, {
      forked: score.children,
      threads: truth.threads,
      missedChildren: score.children - score.seen,
    }),
  };
};
