import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

/** Describes the machine and the Node version of a run, and the tools that could not take part. */
export const describeMachine = (absent: readonly string[]): string => {
  const model = cpus()[0]?.model.trim() ?? 'unknown CPU';
  const parts = [
    new Date().toISOString().slice(0, 10),
    `Linux ${release()}`,
    `${cpus().length} × ${model}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node ${process.version}`,
    `churntop ${process.getuid?.() === 0 ? 'as uid 65534 without groups or capabilities' : 'unprivileged'}`,
    ...absent,
  ];
  return parts.join('; ');
};

/** Returns the commit that was measured, or `unknown`. */
export const describeCommit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
};
