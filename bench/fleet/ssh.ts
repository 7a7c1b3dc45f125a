import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createSshLab } from '../../test/support/installed/sshd.ts';
import { Child, endWithBench, waitUntil } from './child.ts';
import { type Figure, seconds } from './goals.ts';
import type { ViewerStatus } from './programs/answers.ts';

type Process = { pid: number; ppid: number; comm: string; state: string };

const readProcess = (pid: number): Process | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const close = stat.lastIndexOf(')');
    const [state = '', ppid = ''] = stat.slice(close + 2).split(' ');
    return { pid, ppid: Number(ppid), comm: stat.slice(stat.indexOf('(') + 1, close), state };
  } catch {
    return undefined;
  }
};

/** Returns the far end of the connection, and the sshd that serves it. */
const findFarEnd = (): { churntop: number; sshd: number } | undefined => {
  for (const name of readdirSync('/proc')) {
    const far = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined;
    if (far?.comm !== 'churntop') continue;
    let sshd: Process | undefined = readProcess(far.ppid);
    while (sshd && sshd.pid > 1 && !sshd.comm.startsWith('sshd')) sshd = readProcess(sshd.ppid);
    for (let above = sshd; above && above.pid > 1; above = readProcess(above.ppid))
      if (above.ppid === process.pid) return { churntop: far.pid, sshd: (sshd as Process).pid };
  }
  return undefined;
};

/** A process whose parent is stopped stays a zombie. */
const isGone = (pid: number): boolean => {
  const found = readProcess(pid);
  return !found || found.state === 'Z' || found.state === 'X';
};

/** Stops the sshd that serves a connection, so that no byte passes, and measures when both ends notice it. */
export const measureDeadLine = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'churntop-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  const script = `#!/bin/sh\nexec ${process.execPath} ${resolve('bin/churntop.js')} "$@"\n`;
  writeFileSync(join(programs, 'churntop'), script, { mode: 0o755 });
  const lab = createSshLab(folder);
  const forget = endWithBench(async () => lab.close());
  await lab.start('web1', { path: `${programs}:${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin` });
  const viewer = new Child('viewer', ['ssh', 'web1'], { env: lab.env });
  const live = async () => (await viewer.ask<ViewerStatus>('status')).live;
  let far: ReturnType<typeof findFarEnd>;
  const found = await waitUntil(
    async () => {
      far = findFarEnd();
      return (await live()) === 1 && far !== undefined;
    },
    { limitMs: 30_000 },
  );
  if (found === undefined || !far) throw new Error('ssh: no connection');
  const { churntop, sshd } = far;
  const fromMs = performance.now();
  process.kill(sshd, 'SIGSTOP');
  const [goneMs, markedMs] = await Promise.all([
    waitUntil(() => isGone(churntop), { fromMs, limitMs: 60_000 }),
    waitUntil(async () => (await live()) === 0, { fromMs, limitMs: 60_000 }),
  ]);
  await viewer.kill();
  forget();
  lab.close();
  return [
    seconds('dead SSH line: its guest is marked', markedMs, 15),
    seconds('the same: the far end is gone', goneMs, 30),
  ];
};
