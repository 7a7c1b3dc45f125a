import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildFolder } from '../build.ts';
import { type Churn, churnArguments } from '../generators/churn.ts';
import { parseTruth } from '../generators/truth.ts';
import { parseReport } from '../tools/observation.ts';
import { toolCommands } from '../tools/tool.ts';
import { type Accounting, accountingOf } from './accounting.ts';
import { matchLifetimes } from './match.ts';
import { type Score, scoreOf } from './score.ts';

/** The results of a run in which PIDs wrap often. */
export type PidWrap = {
  pidMax: number;
  /** Children with a PID that another child had before. */
  reused: number;
  score: Score;
  accounting: Accounting | undefined;
};

const pidMax = 500;
const prefix = 'wrap';
const pidMaxPath = '/proc/sys/kernel/pid_max';
const churn: Churn = { kind: 'fork', lifetimeMs: 5, rate: 400 };

/** A shell script, because it has to run inside the PID namespace, with its /proc. */
const script = `
set -e
echo ${pidMax} > ${pidMaxPath}
"$@" > "$REPORT" &
tool=$!
sleep 3
"$CHURN" $CHURN_ARGUMENTS
sleep 2
kill -TERM $tool
wait $tool
`;

/** Before Linux 6.14, pid_max applies to the whole machine. */
const hasNamespacedPidMax = (): boolean => {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 14);
};

/** Runs churn in a PID namespace with a small pid_max. @returns the results, or why it cannot run here */
export const measurePidWrap = async (seconds: number, folder: string): Promise<PidWrap | string> => {
  if (!hasNamespacedPidMax())
    return `needs Linux 6.14, where each PID namespace has its own pid_max; this is ${release()}`;
  const pidMaxBefore = readFileSync(pidMaxPath, 'utf8');
  const report = join(folder, 'wrap.ndjson');
  const root = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const namespace = [...root, '--pid', '--fork', '--kill-child', '--mount-proc'];
  const command = ['sh', '-c', script, 'sh', ...toolCommands['churntop proc']];
  try {
    await promisify(execFile)('unshare', [...namespace, ...command], {
      env: {
        ...process.env,
        REPORT: report,
        CHURN: join(buildFolder, 'churn'),
        CHURN_ARGUMENTS: churnArguments(churn, { seconds, prefix, folder }).join(' '),
      },
    });
  } catch (error) {
    return `not permitted here: ${(error as Error).message.trim().split('\n').at(-1)}`;
  } finally {
    if (readFileSync(pidMaxPath, 'utf8') !== pidMaxBefore) writeFileSync(pidMaxPath, pidMaxBefore);
  }
  return resultOf(readFileSync(join(folder, 'truth'), 'utf8'), readFileSync(report, 'utf8'));
};

const resultOf = (log: string, report: string): PidWrap => {
  const truth = parseTruth(log);
  const { observations, statuses } = parseReport(report);
  const score = scoreOf(matchLifetimes(truth, observations, { prefix }));
  const { lifetimes } = truth;
  const span = { fromNs: lifetimes[0]?.forkNs ?? 0n, toNs: lifetimes.at(-1)?.reapNs ?? 0n };
  return {
    pidMax,
    reused: lifetimes.length - new Set(lifetimes.map(({ pid }) => pid)).size,
    score,
    accounting: accountingOf(statuses, span, {
      forked: score.children,
      threads: 0,
      missedChildren: score.children - score.seen,
    }),
  };
};
