import type { ReadStream } from 'node:tty';
import { render } from 'ink';
import type { EventSource } from '../../domain/source/event-source.ts';
import { wallOffsetNs } from '../../proc/host-info.ts';
import { commandTarget, matchingRecords } from '../../store/navigation/selectors.ts';
import { Store } from '../../store/store.ts';
import { writeDump } from '../../trace/write/dump.ts';
import { App } from '../../ui/app.tsx';
import { formatCount } from '../../util/format.ts';
import { describeError, toExitError } from '../support/errors.ts';
import { limitHeapGrowth } from '../support/heap.ts';
import { localUserNames } from '../support/users.ts';
import { tool } from '../support/version.ts';
import { enableMouse, splitMouseInput } from '../terminal/mouse.ts';
import { createBell, jobControl, maxFps, type Terminal } from '../terminal/terminal.ts';
import { type DisplayOptions, resolveTheme } from './display-options.ts';
import type { RecordingToggle } from './recording-toggle.ts';

export { displayOptionsFrom as looksOf } from './display-options.ts';

export type ScreenOptions = {
  source: EventSource;
  terminal: Terminal;
  filter: string;
  display: DisplayOptions;
  /** Where keys come from. Default: standard input. */
  keys?: ReadStream | undefined;
  /** Where dumps go. */
  dumpDirectory: string;
  /** What `R` begins and ends; a trace on the screen cannot be recorded. */
  recordingToggle?: RecordingToggle | undefined;
  /** Resolves when an end was asked for (a signal, a terminal that hung up). */
  interrupted: Promise<void>;
};

/** Of what the source brings; a key is answered at once. */
const maxSourceFps = 10;

/** The interactive screen, until someone quits. @throws what made it end, if it was an error */
export const runScreen = async ({
  source,
  terminal,
  filter,
  display,
  keys,
  dumpDirectory,
  recordingToggle,
  interrupted,
}: ScreenOptions): Promise<void> => {
  const { output } = terminal;
  const store = new Store({
    info: source.info,
    replay: source.replay?.status(),
    size: { columns: output.columns, rows: output.rows },
    filter,
    columns: display.columns,
    keyOverrides: display.bind,
    usersOf: localUserNames(),
    schedule: terminal.frameScheduler(1000 / maxSourceFps),
  });
  const { stopSelf } = jobControl(output, () => store.dispatch({ type: 'suspend' }));
  const mouse = display.mouse ? enableMouse(output) : undefined;
  const keyInput = mouse ? splitMouseInput(keys ?? process.stdin, store.dispatch) : keys;
  const stopJob = async () => {
    mouse?.disable();
    await stopSelf();
    mouse?.enable();
  };
  // Ink does so behind its first frame, and a key pressed until then would be echoed into it.
  (keys ?? process.stdin).setRawMode(true);
  const instance = render(
    <App source={source} store={store} look={{ theme: resolveTheme(display) }} stopSelf={stopJob} />,
    {
      stdout: output,
      ...(keyInput && { stdin: keyInput }),
      interactive: true,
      alternateScreen: true,
      incrementalRendering: true,
      maxFps,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  // A jump through a trace folds thousands of records: with a small heap it takes 1.4 times as long (docs/replay.md).
  if (!source.replay) limitHeapGrowth();
  store.onEffect(({ type }) => {
    if (type === 'redraw') {
      output.write('\x1b[2J\x1b[H');
      instance.clear();
      store.dispatch({ type: 'resize', size: store.getSnapshot().view.size });
    }
    if (type === 'copy') copyPid(store, output);
    if (type === 'dump') dumpEvents(store, dumpDirectory);
    if (type === 'record' && recordingToggle) toggleRecording(store, recordingToggle);
  });
  if (display.bell) {
    const ring = createBell((bell) => output.write(bell));
    store.subscribe(() => ring(store.getSnapshot().system));
  }
  if (recordingToggle) {
    recordingToggle.onChange = () => store.setRecordingStatus(recordingToggle.badge);
    recordingToggle.onChange();
  }
  interrupted.then(() => instance.unmount());
  try {
    await instance.waitUntilExit();
  } finally {
    mouse?.disable();
    await source.stop();
  }
};

/** Through the terminal (OSC 52), so that it reaches the operator's clipboard over SSH. Whether it took it, none says. */
const copyPid = (store: Store, output: Terminal['output']): void => {
  const snapshot = store.getSnapshot();
  const pid = commandTarget(snapshot, snapshot.view)?.pid;
  if (pid === undefined) {
    store.dispatch({ type: 'notify', text: 'no process is chosen', tone: 'error' });
    return;
  }
  output.write(`\x1b]52;c;${Buffer.from(String(pid)).toString('base64')}\x07`);
  store.dispatch({ type: 'notify', text: `PID ${pid} sent to the clipboard`, tone: 'info' });
};

/** Begin or end a recording, and say on screen what came of it. */
const toggleRecording = (store: Store, recordings: RecordingToggle): void => {
  recordings.toggle().then(
    (text) => store.dispatch({ type: 'notify', text, tone: 'info' }),
    (error) => store.dispatch({ type: 'notify', text: toExitError(error).sentence, tone: 'error' }),
  );
};

/** Write what is held and passes the filter, as it is on screen, and say on screen what came of it. */
const dumpEvents = (store: Store, directory: string): void => {
  const { system, view, info, status } = store.getSnapshot();
  try {
    const { path, events } = writeDump({
      directory,
      info,
      tool,
      records: matchingRecords(system, view.filter),
      dropped: system.log.dropped,
      nowNs: system.nowNs,
      // What is read from a trace keeps the time of its own guest.
      ...(info.trace === undefined && { wallOffsetNs: wallOffsetNs }),
      filter: view.filter.text,
      mode: status?.mode,
      hidden: status?.hiddenProcesses,
    });
    store.dispatch({
      type: 'notify',
      text: `${formatCount(events, 'event')} dumped to ${path}`,
      tone: 'info',
    });
  } catch (error) {
    store.dispatch({
      type: 'notify',
      text: `nothing dumped to ${directory}: ${describeError(error)}`,
      tone: 'error',
    });
  }
};
