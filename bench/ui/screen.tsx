/** The real screen fed with made-up churn, until `q`; then it says what its frames took, by view. */
import { writeFileSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { render } from 'ink';
import { limitHeapGrowth } from '../../src/cli/support/heap.ts';
import { maxFps, openTerminal } from '../../src/cli/terminal/terminal.ts';
import { Store } from '../../src/store/store.ts';
import { App } from '../../src/ui/app.tsx';
import { createTheme } from '../../src/ui/theme/theme.ts';
import { madeChurn } from './churn.ts';

/** One frame: its view, its CPU time in ms and when it was done, Unix ms. */
export type Frame = { view: string; cpuMs: number; atMs: number };

const [, , figures = 'build/bench/frames.json'] = process.argv;
const source = madeChurn({ live: 5_000, eventsPerSecond: Number(process.env.EVENTS ?? 2_000) });

const terminal = openTerminal(process.stdout as WriteStream);
const store = new Store({
  info: source.info,
  size: { columns: terminal.output.columns, rows: terminal.output.rows },
  schedule: terminal.frameScheduler(100),
});

// The CPU of whole frames: from the store's word to Ink's end of writing, nothing else runs in between.
const frames: Frame[] = [];
let before = process.cpuUsage();
store.subscribe(() => {
  before = process.cpuUsage();
});
const instance = render(
  <App
    source={source}
    store={store}
    look={{ theme: createTheme({ color: true }) }}
    stopSelf={async () => {}}
  />,
  {
    stdout: terminal.output,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps,
    exitOnCtrlC: false,
    patchConsole: false,
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
// As the program does: what is loaded by then has its room.
limitHeapGrowth();
await instance.waitUntilExit();
writeFileSync(figures, JSON.stringify(frames));
process.stdout.write('frames written\n');
process.exit(0);
