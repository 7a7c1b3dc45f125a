import type { ReadStream } from 'node:tty';
import { render } from 'ink';
import type { EventSource } from '../../domain/source/event-source.ts';
import { wallOffset } from '../../proc/host-info.ts';
import { passingRecords, subjectOf } from '../../store/navigation/selectors.ts';
import { Store } from '../../store/store.ts';
import { writeDump } from '../../trace/write/dump.ts';
import { App } from '../../ui/app.tsx';
import { counted } from '../../util/format.ts';
import { explain, reasonOf } from '../support/errors.ts';
import { keepHeapSmall } from '../support/heap.ts';
import { usersHere } from '../support/users.ts';
import { tool } from '../support/version.ts';
import { keysBeside, takePointer } from '../terminal/mouse.ts';
import { jobControl, maxFps, openBell, type Terminal } from '../terminal/terminal.ts';
import { type Looks, themeOf } from './display-options.ts';
import type { RecordingSwitch } from './recording-toggle.ts';

export { looksOf } from './display-options.ts';

export type ScreenOptions = {
  source: EventSource;
  terminal: Terminal;
  filter: string;
  looks: Looks;
  /** Where keys come from. Default: standard input. */
  keys?: ReadStream | undefined;
  /** Where dumps go. */
  directory: string;
  /** What `R` begins and ends; a trace on the screen cannot be recorded. */
  recordings?: RecordingSwitch | undefined;
  /** Resolves when an end was asked for (a signal, a terminal that hung up). */
  interrupted: Promise<void>;
};

/** Of what the source brings; a key is answered at once. */
const sourceFps = 10;

/** The interactive screen, until someone quits. @throws what made it end, if it was an error */
export const runScreen = async ({
  source,
  terminal,
  filter,
  looks,
  keys,
  directory,
  recordings,
  interrupted,
}: ScreenOptions): Promise<void> => {
  const { output } = terminal;
  const store = new Store({
    info: source.info,
    replay: source.replay?.status(),
    size: { columns: output.columns, rows: output.rows },
    filter,
    columns: looks.columns,
    rebound: looks.bind,
    usersOf: usersHere(),
    schedule: terminal.atNextFrame(1000 / sourceFps),
  });
  const { stopSelf } = jobControl(output, () => store.dispatch({ type: 'suspend' }));
  const pointer = looks.mouse ? takePointer(output) : undefined;
  const terminalKeys = pointer ? keysBeside(keys ?? process.stdin, store.dispatch) : keys;
  const stop = async () => {
    pointer?.give();
    await stopSelf();
    pointer?.take();
  };
  // Ink does so behind its first frame, and a key pressed until then would be echoed into it.
  (keys ?? process.stdin).setRawMode(true);
  const instance = render(
    <App source={source} store={store} look={{ theme: themeOf(looks) }} stopSelf={stop} />,
    {
      stdout: output,
      ...(terminalKeys && { stdin: terminalKeys }),
      interactive: true,
      alternateScreen: true,
      incrementalRendering: true,
      maxFps,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  // A jump through a trace folds thousands of records: with a small heap it takes 1.4 times as long (docs/replay.md).
  if (!source.replay) keepHeapSmall();
  store.onEffect(({ type }) => {
    if (type === 'redraw') {
      output.write('\x1b[2J\x1b[H');
      instance.clear();
      store.dispatch({ type: 'resize', size: store.getSnapshot().view.size });
    }
    if (type === 'copy') copy(store, output);
    if (type === 'dump') dump(store, directory);
    if (type === 'record' && recordings) record(store, recordings);
  });
  if (looks.bell) {
    const ring = openBell((bell) => output.write(bell));
    store.subscribe(() => ring(store.getSnapshot().world));
  }
  if (recordings) {
    recordings.onChange = () => store.setRecording(recordings.badge);
    recordings.onChange();
  }
  interrupted.then(() => instance.unmount());
  try {
    await instance.waitUntilExit();
  } finally {
    pointer?.give();
    await source.stop();
  }
};

/** Through the terminal (OSC 52), so that it reaches the operator's clipboard over SSH. Whether it took it, none says. */
const copy = (store: Store, output: Terminal['output']): void => {
  const snapshot = store.getSnapshot();
  const pid = subjectOf(snapshot, snapshot.view)?.pid;
  if (pid === undefined) {
    store.dispatch({ type: 'notify', text: 'no process is chosen', tone: 'error' });
    return;
  }
  output.write(`\x1b]52;c;${Buffer.from(String(pid)).toString('base64')}\x07`);
  store.dispatch({ type: 'notify', text: `PID ${pid} sent to the clipboard`, tone: 'info' });
};

/** Begin or end a recording, and say on screen what came of it. */
const record = (store: Store, recordings: RecordingSwitch): void => {
  recordings.toggle().then(
    (text) => store.dispatch({ type: 'notify', text, tone: 'info' }),
    (error) => store.dispatch({ type: 'notify', text: explain(error).sentence, tone: 'error' }),
  );
};

/** Write what is held and passes the filter, as it is on screen, and say on screen what came of it. */
const dump = (store: Store, directory: string): void => {
  const { world, view, info, status } = store.getSnapshot();
  try {
    const { path, events } = writeDump({
      directory,
      info,
      tool,
      records: passingRecords(world, view.filter),
      dropped: world.log.dropped,
      nowNs: world.nowNs,
      // What is read from a trace keeps the time of its own guest.
      ...(info.trace === undefined && { wallOffsetNs: wallOffset }),
      filter: view.filter.text,
      mode: status?.mode,
      hidden: status?.hidden,
    });
    store.dispatch({ type: 'notify', text: `${counted(events, 'event')} dumped to ${path}`, tone: 'info' });
  } catch (error) {
    store.dispatch({
      type: 'notify',
      text: `nothing dumped to ${directory}: ${reasonOf(error)}`,
      tone: 'error',
    });
  }
};
