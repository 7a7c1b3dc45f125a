/** The real screen fed with made-up churn: 5,000 live processes, 2,000 events a second, until `q`. */
import { writeFileSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { render } from 'ink';
import { keepHeapSmall } from '../../src/cli/small-heap.ts';
import { openTerminal } from '../../src/cli/terminal.ts';
import type { ProbeEvent } from '../../src/domain/event.ts';
import type { EventSource, SourceListener } from '../../src/domain/source.ts';
import { Store } from '../../src/store/store.ts';
import { App } from '../../src/ui/app.tsx';
import { createTheme } from '../../src/ui/theme.ts';
import { median, quantile } from './numbers.ts';

const live = 5_000;
const eventsPerSecond = Number(process.env.EVENTS ?? 2_000);
const batchMs = 50;

const names = ['nginx', 'sh', 'make', 'cc1', 'python3', 'sleep', 'git', 'node'];
const births: number[] = [];
let nextPid = 1;

const spawned = (nowNs: bigint, initial: boolean): ProbeEvent => {
  const pid = nextPid++;
  births.push(pid);
  return {
    probe_source: 'process.spawned',
    guest_pid: pid,
    guest_comm: names[pid % names.length] as string,
    guest_monotonic_ns: nowNs,
    guest_ppid: Math.max(1, pid - 7),
    guest_uid: 0,
    window_ns: 250_000n,
    start_ticks: Number(nowNs / 10_000_000n),
    ...(initial && { initial: true as const }),
  };
};

const exited = (nowNs: bigint): ProbeEvent => {
  const pid = births.shift() as number;
  return {
    probe_source: 'process.exited',
    guest_pid: pid,
    guest_comm: names[pid % names.length] as string,
    guest_monotonic_ns: nowNs,
    window_ns: 250_000n,
    lifetime_ns: 1_000_000n,
  };
};

let timer: NodeJS.Timeout | undefined;
const source: EventSource = {
  info: {
    host: 'bench',
    bootId: '',
    pidNamespace: '',
    bootOffsetNs: 0n,
    pidMax: 4_194_304,
    wallOffsetNs: BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint(),
  },
  start(listener: SourceListener) {
    const nowNs = process.hrtime.bigint();
    listener.onBatch({ nowNs, records: Array.from({ length: live }, () => spawned(nowNs, true)) });
    timer = setInterval(() => {
      const at = process.hrtime.bigint();
      const half = (eventsPerSecond * batchMs) / 2000;
      const records = Array.from({ length: half }, () => [spawned(at, false), exited(at)]).flat();
      listener.onBatch({ nowNs: at, records });
    }, batchMs);
  },
  stop: async () => clearInterval(timer),
  states: (pids) => new Map(pids.map((pid) => [pid, 'S'])),
};

keepHeapSmall();
const terminal = openTerminal(process.stdout as WriteStream);
const store = new Store({
  info: source.info,
  size: { columns: terminal.output.columns, rows: terminal.output.rows },
  schedule: terminal.atNextFrame(100),
});

// The CPU of whole frames: from the store's word to Ink's end of writing, nothing else runs in between.
const cpuMs: number[] = [];
const started = performance.now();
let before = process.cpuUsage();
store.subscribe(() => {
  before = process.cpuUsage();
});
const instance = render(
  <App
    source={source}
    store={store}
    look={{ theme: createTheme({ colours: true }) }}
    stopSelf={async () => {}}
  />,
  {
    stdout: terminal.output,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 60,
    exitOnCtrlC: false,
    patchConsole: false,
    onRender: () => {
      const { user, system } = process.cpuUsage(before);
      cpuMs.push((user + system) / 1000);
    },
  },
);
await instance.waitUntilExit();
const seconds = (performance.now() - started) / 1000;
writeFileSync(
  'build/bench/load.txt',
  [
    `frame CPU, median / p95, ms: ${median(cpuMs).toFixed(1)} / ${quantile(cpuMs, 0.95).toFixed(1)}`,
    `frames a second: ${(cpuMs.length / seconds).toFixed(1)}`,
  ].join('\n'),
);
process.stdout.write('frames:\n');
process.exit(0);
