import { readFileSync } from 'node:fs';
import { spawn } from 'node-pty';

/** USER_HZ: /proc counts CPU time in hundredths of a second. */
const tickMs = 10;

/** CPU time used so far in ms, of a whole process or of one of its threads. */
export const cpuMs = (pid: number, thread?: number): number => {
  const path = thread === undefined ? `/proc/${pid}/stat` : `/proc/${pid}/task/${thread}/stat`;
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
};

/** The process that another has started, itself (`unshare --fork`). */
export const childOf = (pid: number): number => {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  if (!child) throw new Error(`process ${pid} has no child`);
  return Number(child);
};

/** Resident memory in MiB. */
export const rssMiB = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Begin of a synchronised update. */
const frameBegin = '\x1b[?2026h';

type Size = { columns: number; rows: number };

/** A program on a pseudo-terminal whose output is only counted. */
export const onTerminal = (
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
  const waiting: { what: string; done: (ms: number) => void }[] = [];
  pty.onData((data) => {
    bytes += Buffer.byteLength(data);
    frames += data.split(frameBegin).length - 1;
    text = (text + data).slice(-65_536);
    for (const one of [...waiting]) {
      if (!text.includes(one.what)) continue;
      waiting.splice(waiting.indexOf(one), 1);
      one.done(performance.now());
    }
  });
  const exit = new Promise<void>((done) => pty.onExit(() => done()));
  return {
    pid: pty.pid,
    started,
    bytes: () => bytes,
    frames: () => frames,
    type: (keys: string) => pty.write(keys),
    /** The moment at which the output holds it; what came before the call does not count. */
    see: (what: string) => {
      text = '';
      return new Promise<number>((done) => waiting.push({ what, done }));
    },
    end: async () => {
      pty.kill('SIGKILL');
      await exit;
    },
  };
};
