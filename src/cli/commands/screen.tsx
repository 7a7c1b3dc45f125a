import { addAbortListener } from 'node:events';
import type { ReadStream } from 'node:tty';
import { render } from 'ink';
import type { EnrichedKeys } from '../../domain/events/recorded-fields.ts';
import type { EventSource } from '../../domain/source/event-source.ts';
import { commandTarget, matchingRecords } from '../../store/navigation/selectors.ts';
import { Store } from '../../store/store.ts';
import { writeDump } from '../../trace/write/dump.ts';
import { App } from '../../ui/app.tsx';
import { formatCount } from '../../util/format.ts';
import { describeError } from '../support/errors.ts';
import { toExitError } from '../support/exit-codes.ts';
import { limitHeapGrowth } from '../support/heap.ts';
import { localUserNames } from '../support/users.ts';
import { tool } from '../support/version.ts';
import { AlertBell } from '../terminal/bell.ts';
import { filterInput } from '../terminal/input.ts';
import { JobControl } from '../terminal/job-control.ts';
import { MouseReporting } from '../terminal/mouse-input.ts';
import { setTerminalRestore } from '../terminal/restore.ts';
import { renderOptions, type Terminal } from '../terminal/terminal.ts';
import { type DisplayOptions, resolveTheme } from './display-options.ts';
import type { GuestRecording, GuestRecordingOptions } from './guest-recording.ts';
import type { RecordingToggle } from './recording-toggle.ts';

export type ScreenOptions = {
  source: EventSource;
  terminal: Terminal;
  filter: string;
  display: DisplayOptions;
  /** Source of keys. Default: standard input. */
  keys?: ReadStream | undefined;
  dumpDirectory: string;
  /** The additional fields that a dump of live capture has, and a recording of one guest of several. Undefined for a trace: those that it has. */
  recorded?: EnrichedKeys | undefined;
  /** Called when the recording of a guest is to be replayed, before the screen closes. Undefined: there is none. */
  onReplay?: ((guest: string) => void) | undefined;
  /** Starts and stops recordings with `R`. Undefined for a replay, which cannot be recorded. */
  recordingToggle?: RecordingToggle | undefined;
  /** Aborts when the screen should close (a signal, a terminal that hung up). */
  signal: AbortSignal;
};

/** Frame limit for new data. Keys are drawn immediately. */
const maxSourceFps = 10;

/** Runs the interactive screen until the user quits. @throws the error that closed it */
export const runScreen = async ({
  source: given,
  terminal,
  filter,
  display,
  keys,
  dumpDirectory,
  recorded,
  onReplay,
  recordingToggle,
  signal,
}: ScreenOptions): Promise<void> => {
  const { output } = terminal;
  const guestRecording =
    given.fleet &&
    (await openGuestRecording({ directory: dumpDirectory, recorded, snapshot: () => store.getSnapshot() }));
  const source = guestRecording?.observe(given) ?? given;
  const store = new Store({
    info: source.info,
    replay: source.replay?.status(),
    fleet: source.fleet,
    overview: source.replay !== undefined,
    size: { columns: output.columns, rows: output.rows },
    filter,
    columns: display.columns,
    keyOverrides: display.bind,
    usersOf: localUserNames(),
    schedule: terminal.frameScheduler(1000 / maxSourceFps),
  });
  const jobControl = new JobControl(output, () => store.dispatch({ type: 'suspend' }));
  const mouse = display.mouse ? new MouseReporting(output) : undefined;
  mouse?.enable();
  const closing = new AbortController();
  const keyInput = filterInput(keys ?? process.stdin, {
    size: () => store.getSnapshot().view.size,
    onAction: mouse ? store.dispatch : () => {},
    onHangup: () => closing.abort(),
    signal: closing.signal,
  });
  const stopJob = async () => {
    mouse?.disable();
    await jobControl.stopJob();
    mouse?.enable();
  };
  // Ink sets raw mode only after its first frame. A key pressed before would be echoed into the frame.
  (keys ?? process.stdin).setRawMode(true);
  const instance = render(
    <App source={source} store={store} theme={resolveTheme(display)} stopSelf={stopJob} />,
    { ...renderOptions, stdout: output, stdin: keyInput },
  );
  setTerminalRestore(() => {
    mouse?.disable();
    instance.unmount();
  });
  // A seek in a trace applies thousands of records, and takes 1.4 times as long with a small heap.
  if (!source.replay) limitHeapGrowth(source.fleet ? 'fleet' : 'guest');
  store.onEffect(({ type }) => {
    if (type === 'redraw') {
      output.write('\x1b[2J\x1b[H');
      instance.clear();
      store.dispatch({ type: 'resize', size: store.getSnapshot().view.size });
    }
    if (type === 'copy') copyPid(store, output);
    if (type === 'dump') dumpEvents(store, dumpDirectory, recorded);
    if (type === 'record' && recordingToggle) toggleRecording(store, recordingToggle);
    if (type === 'replayGuest') {
      const { focusedGuest } = store.getSnapshot().view;
      if (focusedGuest === undefined || !onReplay)
        return store.dispatch({ type: 'notify', text: 'only a recording can be replayed', tone: 'error' });
      onReplay(focusedGuest);
      closing.abort();
    }
  });
  if (display.bell) {
    const alertBell = new AlertBell((text) => output.write(text));
    store.subscribe(() => {
      const { fleet, system } = store.getSnapshot();
      alertBell.update(fleet ? { activeAlerts: fleet } : system);
    });
  }
  if (guestRecording) showGuestRecording(store, guestRecording);
  if (recordingToggle) {
    recordingToggle.onChange = () => store.setRecordingStatus(recordingToggle.badge);
    recordingToggle.onChange();
  }
  const abortListener = addAbortListener(signal, () => closing.abort());
  addAbortListener(closing.signal, () => instance.unmount());
  try {
    await instance.waitUntilExit();
  } finally {
    abortListener[Symbol.dispose]();
    mouse?.disable();
    guestRecording?.stop();
    closing.abort();
    await source.stop();
  }
};

/** Creates the recording of the guest on screen. It is loaded for several guests only. */
const openGuestRecording = async (options: GuestRecordingOptions): Promise<GuestRecording> => {
  const { GuestRecording } = await import('./guest-recording.ts');
  return new GuestRecording(options);
};

/** Starts and stops the recording of a guest with `R`, and shows its state. */
const showGuestRecording = (store: Store, recording: GuestRecording): void => {
  const notify = (text: string, tone: 'info' | 'error') => store.dispatch({ type: 'notify', text, tone });
  recording.onChange = () => store.setRecordingStatus(recording.badge);
  recording.onEnd = (text, failed) => notify(text, failed ? 'error' : 'info');
  store.onEffect(({ type }) => {
    if (type !== 'record') return;
    try {
      notify(recording.toggle(), 'info');
    } catch (error) {
      notify(toExitError(error).message, 'error');
    }
  });
};

/** Copies the PID through the terminal (OSC 52), which works over SSH. The terminal does not confirm it. */
const copyPid = (store: Store, output: Terminal['output']): void => {
  const snapshot = store.getSnapshot();
  const pid = commandTarget(snapshot, snapshot.view)?.pid;
  if (pid === undefined) {
    store.dispatch({ type: 'notify', text: 'no process selected', tone: 'error' });
    return;
  }
  output.write(`\x1b]52;c;${Buffer.from(String(pid)).toString('base64')}\x07`);
  store.dispatch({ type: 'notify', text: `PID ${pid} sent to the clipboard`, tone: 'info' });
};

/** Starts or stops a recording and shows the result. */
const toggleRecording = (store: Store, recordingToggle: RecordingToggle): void => {
  recordingToggle.toggle().then(
    (text) => store.dispatch({ type: 'notify', text, tone: 'info' }),
    (error) => store.dispatch({ type: 'notify', text: toExitError(error).message, tone: 'error' }),
  );
};

/** Dumps the retained events that match the filter and shows the result. */
const dumpEvents = (store: Store, directory: string, recorded: EnrichedKeys | undefined): void => {
  const { system, view, info, status } = store.getSnapshot();
  try {
    const { path, events } = writeDump({
      directory,
      info,
      recorded,
      tool,
      records: matchingRecords(system, view.filter),
      dropped: system.log.dropped,
      nowNs: system.nowNs,
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
      text: `dump to ${directory} failed: ${describeError(error)}`,
      tone: 'error',
    });
  }
};
