/** Runs the screen with synthetic churn until `q`, then writes the cost of each frame to a file. */
import { writeFileSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { render } from 'ink';
import { limitHeapGrowth } from '../../src/cli/support/heap.ts';
import { renderOptions, Terminal } from '../../src/cli/terminal/terminal.ts';
import { Store } from '../../src/store/store.ts';
import { App } from '../../src/ui/app.tsx';
import { createTheme } from '../../src/ui/theme/theme.ts';
import { createSyntheticSource } from './churn.ts';
import { createSyntheticFleet } from './fleet.ts';

/** A frame: its view, its CPU time in ms, and the time it was completed, Unix ms. */
export type Frame = { view: string; cpuMs: number; atMs: number };

const [, , resultFile = 'build/bench/frames.json'] = process.argv;
const { EVENTS = '2000', GUESTS } = process.env;
const source = GUESTS
  ? createSyntheticFleet(Number(GUESTS))
  : createSyntheticSource({ live: 5_000, eventsPerSecond: Number(EVENTS) });

const terminal = new Terminal(process.stdout as WriteStream);
const schedule = terminal.frameScheduler(100);
/** When the store began to prepare a frame, before it notifies. Guests are read then. */
let drawStart: NodeJS.CpuUsage | undefined;
const store = new Store({
  info: source.info,
  fleet: source.fleet,
  size: { columns: terminal.output.columns, rows: terminal.output.rows },
  schedule: (draw, minDelayMs) =>
    schedule(() => {
      drawStart = process.cpuUsage();
      draw();
    }, minDelayMs),
});

// The CPU time of a frame is from the notification of the store to the end of Ink's write. Nothing else runs in between.
const frames: Frame[] = [];
let before = process.cpuUsage();
store.subscribe(() => {
  before = drawStart ?? process.cpuUsage();
  drawStart = undefined;
});
const instance = render(
  <App source={source} store={store} theme={createTheme({ color: true })} stopSelf={async () => {}} />,
  {
    ...renderOptions,
    stdout: terminal.output,
    onRender: () => {
      const { user, system } = process.cpuUsage(before);
      const { detailsOf, activeView } = store.getSnapshot().view;
      frames.push({
        view: detailsOf ? 'details' : activeView,
        cpuMs: (user + system) / 1000,
        atMs: Date.now(),
      });
    },
  },
);
// After loading, as in the program.
limitHeapGrowth();
await instance.waitUntilExit();
writeFileSync(resultFile, JSON.stringify(frames));
process.stdout.write('frames written\n');
process.exit(0);
