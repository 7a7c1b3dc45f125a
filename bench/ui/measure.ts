import { readFileSync } from 'node:fs';
import { spawn } from 'node-pty';

/** CPU time in /proc is in ticks of 10 ms (USER_HZ). */
const tickMs = 10;

/** Reads the CPU time of a process or one of its threads, in ms. */
export const cpuMs = (pid: number, thread?: number): number => {
  const path = thread === undefined ? `/proc/${pid}/stat` : `/proc/${pid}/task/${thread}/stat`;
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
};

/** Returns the first child of a process (`unshare --fork`). */
export const childOf = (pid: number): number => {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  if (!child) throw new Error(`process ${pid} has no child`);
  return Number(child);
};

/** Reads the resident memory of a process, in MiB. */
export const rssMiB = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Start of a synchronized update. */
const frameBegin = '\x1b[?2026h';

type Size = { columns: number; rows: number };

/** Starts a program on a pseudo-terminal and counts its output. */
export const spawnOnPty = (
  [file, ...args]: readonly string[],
  { columns, rows }: Size,
  env: NodeJS.ProcessEnv = {},
) => {
  const started = performance.now();
  const pty = spawn(file as string, args, {
    name: 'xterm-256color',
    cols: columns,
    rows,
    env: { ...process.env, ...env } as Record<string, string>,
  });
  let bytes = 0;
  let frames = 0;
  let text = '';
  const waiters: { expected: string; resolve: (ms: number) => void }[] = [];
  pty.onData((data) => {
    bytes += Buffer.byteLength(data);
    frames += data.split(frameBegin).length - 1;
    text = (text + data).slice(-65_536);
    for (const waiter of [...waiters]) {
      if (!text.includes(waiter.expected)) continue;
      waiters.splice(waiters.indexOf(waiter), 1);
      waiter.resolve(performance.now());
    }
  });
  const exit = new Promise<void>((done) => pty.onExit(() => done()));
  return {
    pid: pty.pid,
    started,
    bytes: () => bytes,
    frames: () => frames,
    type: (keys: string) => pty.write(keys),
    /** Waits until output after the call contains the text. Returns the time of `performance.now`, ms. */
    waitFor: (expected: string) => {
      text = '';
      return new Promise<number>((resolve) => waiters.push({ expected, resolve }));
    },
    end: async () => {
      pty.kill('SIGKILL');
      await exit;
    },
  };
};
