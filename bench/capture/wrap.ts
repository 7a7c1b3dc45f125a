import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Accounting, accountFor } from './accounting.ts';
import { built } from './build.ts';
import { commands } from './contestant.ts';
import { type Churn, churnArguments } from './generator.ts';
import { matchLives } from './match.ts';
import { parseReport } from './observation.ts';
import { type Score, scoreOf } from './score.ts';
import { parseTruth } from './truth.ts';

export type Wrap = {
  pidMax: number;
  /** Children whose number another child had before. */
  reused: number;
  score: Score;
  accounting: Accounting | undefined;
};

const pidMax = 500;
const prefix = 'wrap';
const outer = '/proc/sys/kernel/pid_max';
const churn: Churn = { kind: 'fork', lifeMs: 5, rate: 400 };

/** A script, because the names in it are to be used inside the namespace, by its own /proc. */
const script = `
set -e
echo ${pidMax} > ${outer}
"$@" > "$REPORT" &
watcher=$!
sleep 3
"$CHURN" $CHURN_ARGUMENTS
sleep 2
kill -TERM $watcher
wait $watcher
`;

/** Before Linux 6.14 pid_max is one for the whole machine, and not ours to lower. */
const isOwnPidMax = (): boolean => {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 14);
};

/** PIDs wrapping round a few hundred numbers, or why that cannot be had here. */
export const runWrap = async (seconds: number, folder: string): Promise<Wrap | string> => {
  if (!isOwnPidMax()) return `needs Linux 6.14, where pid_max belongs to the namespace; this is ${release()}`;
  const before = readFileSync(outer, 'utf8');
  const report = join(folder, 'wrap.ndjson');
  const root = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const namespace = [...root, '--pid', '--fork', '--kill-child', '--mount-proc'];
  const run = { seconds, prefix, folder };
  try {
    await promisify(execFile)('unshare', [...namespace, 'sh', '-c', script, 'sh', ...commands.churntop], {
      env: {
        ...process.env,
        REPORT: report,
        CHURN: join(built, 'churn'),
        CHURN_ARGUMENTS: churnArguments(churn, run).join(' '),
      },
    });
  } catch (error) {
    return `not permitted here: ${(error as Error).message.trim().split('\n').at(-1)}`;
  } finally {
    if (readFileSync(outer, 'utf8') !== before) writeFileSync(outer, before);
  }
  return judge(readFileSync(join(folder, 'truth'), 'utf8'), readFileSync(report, 'utf8'));
};

const judge = (log: string, told: string): Wrap => {
  const truth = parseTruth(log);
  const { observations, statuses } = parseReport(told);
  const score = scoreOf(matchLives(truth, observations, prefix));
  const { lives } = truth;
  const span = { fromNs: lives[0]?.forkNs ?? 0n, toNs: lives.at(-1)?.reapNs ?? 0n };
  return {
    pidMax,
    reused: lives.length - new Set(lives.map(({ pid }) => pid)).size,
    score,
    accounting: accountFor(statuses, span, { forked: score.children, missed: score.children - score.seen }),
  };
};
