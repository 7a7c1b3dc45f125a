import { execFileSync } from 'node:child_process';
import { childOf, cpuMs, onTerminal, rssMiB, sleep } from './measure.ts';
import { program } from './program.ts';
import { head, row } from './table.ts';

const does = (...[command, ...args]: string[]): boolean => {
  try {
    execFileSync(command as string, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const has = (command: string) => does('sh', '-c', `command -v ${command}`);

/** The Node peer is nothing this depends on: whoever wants it beside puts it there. */
const gtop = 'build/bench/peers/node_modules/.bin/gtop';

const contestants: readonly { name: string; command: readonly string[] }[] = [
  { name: 'churntop', command: program },
  { name: 'htop', command: ['htop'] },
  { name: 'btop', command: ['btop', '--utf-force'] },
  { name: 'gtop', command: [process.execPath, gtop] },
];

/** What is there can differ from what was asked for: btop wants a terminal of 80x24 at least. */
const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
];

/** Nothing else goes on in a PID namespace of one's own. */
const alone = ['unshare', '--kill-child', '--fork', '--pid', '--mount-proc'];

/** What it costs to look on while nothing happens, beside others on a screen of the same size. */
export const measureQuiet = async (quick: boolean): Promise<void> => {
  const seconds = quick ? 5 : 20;
  const inside = does(...alone, 'true') ? alone : [];
  const where = inside.length > 0 ? 'in a PID namespace of its own' : 'among all that runs here';
  head(`quiet, ${where}`, 'size', 'bytes/s', 'frames/s', 'CPU % of a core', 'main thread %', 'RSS MiB');
  const absent = contestants.filter(
    ({ command }) => !has(command.at(-1) === gtop ? gtop : (command[0] as string)),
  );
  for (const size of sizes) {
    for (const { name, command } of contestants.filter((one) => !absent.includes(one))) {
      const session = onTerminal([...inside, ...command], size);
      await sleep(5000);
      const pid = inside.length > 0 ? childOf(session.pid) : session.pid;
      const taken = () => [session.bytes(), session.frames(), cpuMs(pid), cpuMs(pid, pid)] as const;
      const before = taken();
      await sleep(seconds * 1000);
      const [bytes, frames, all, main] = taken().map(
        (now, index) => (now - (before[index] as number)) / seconds,
      );
      row(
        name,
        `${size.columns}x${size.rows}`,
        Math.round(bytes as number),
        // Only a program that says where a frame begins can be counted.
        frames === 0 ? '–' : (frames as number).toFixed(1),
        ((all as number) / 10).toFixed(2),
        ((main as number) / 10).toFixed(2),
        rssMiB(pid).toFixed(0),
      );
      await session.end();
    }
  }
  for (const { name } of absent)
    console.log(
      name === 'gtop' ? '\nwithout gtop: npm install --prefix build/bench/peers gtop' : `\nwithout ${name}`,
    );
};
