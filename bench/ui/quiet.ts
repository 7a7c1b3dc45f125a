import { execFileSync } from 'node:child_process';
import { childOf, cpuMs, rssMiB, sleep, spawnOnPty } from './measure.ts';
import { program } from './program.ts';
import { printHeader, printRow } from './table.ts';

const succeeds = (...[command, ...args]: string[]): boolean => {
  try {
    execFileSync(command as string, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const isInstalled = (command: string) => succeeds('sh', '-c', `command -v ${command}`);

/** gtop is not a dependency. It is measured if it is installed here. */
const gtop = 'build/bench/peers/node_modules/.bin/gtop';

const tools: readonly { name: string; command: readonly string[] }[] = [
  { name: 'churntop', command: program },
  { name: 'htop', command: ['htop'] },
  { name: 'btop', command: ['btop', '--utf-force'] },
  { name: 'gtop', command: [process.execPath, gtop] },
];

/** Terminal sizes. btop needs at least 80x24. */
const sizes = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
];

/** Runs a command in a new PID namespace, which has no other activity. */
const newPidNamespace = ['unshare', '--kill-child', '--fork', '--pid', '--mount-proc'];

/** Measures the cost of an idle screen, compared with other tools at the same size. */
export const measureQuiet = async (quick: boolean): Promise<void> => {
  const seconds = quick ? 5 : 20;
  const wrapper = succeeds(...newPidNamespace, 'true') ? newPidNamespace : [];
  const place = wrapper.length > 0 ? 'in a new PID namespace' : 'in the namespace of this guest';
  printHeader(
    `quiet, ${place}`,
    'size',
    'bytes/s',
    'frames/s',
    'CPU % of a core',
    'main thread %',
    'RSS MiB',
  );
  const missing = tools.filter(
    ({ command }) => !isInstalled(command.at(-1) === gtop ? gtop : (command[0] as string)),
  );
  for (const size of sizes) {
    for (const { name, command } of tools.filter((tool) => !missing.includes(tool))) {
      const session = spawnOnPty([...wrapper, ...command], size);
      await sleep(5000);
      const pid = wrapper.length > 0 ? childOf(session.pid) : session.pid;
      const readTotals = () => [session.bytes(), session.frames(), cpuMs(pid), cpuMs(pid, pid)] as const;
      const before = readTotals();
      await sleep(seconds * 1000);
      const [bytes, frames, all, main] = readTotals().map(
        (total, index) => (total - (before[index] as number)) / seconds,
      );
      printRow(
        name,
        `${size.columns}x${size.rows}`,
        Math.round(bytes as number),
        // Frames are counted only for programs that use synchronized updates.
        frames === 0 ? '–' : (frames as number).toFixed(1),
        ((all as number) / 10).toFixed(2),
        ((main as number) / 10).toFixed(2),
        rssMiB(pid).toFixed(0),
      );
      await session.end();
    }
  }
  for (const { name } of missing)
    console.log(
      name === 'gtop' ? '\nwithout gtop: npm install --prefix build/bench/peers gtop' : `\nwithout ${name}`,
    );
};
