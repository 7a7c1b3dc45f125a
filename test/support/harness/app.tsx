import stringWidth from 'string-width';
import { expect, vi } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { Store } from '../../../src/store/store.ts';
import { App } from '../../../src/ui/app.tsx';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { renderOn } from '../fakes/fake-terminal.ts';
import { scriptedSource } from '../fakes/scripted-source.ts';
import { execed, exited, seconds, sourceInfo, spawned, walkStatus, zombie } from '../fixtures/events.ts';

/** The sizes of golden screens: the smallest, and one for each layout. */
export const screenSizes = [
  { columns: 40, rows: 10 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 30 },
  { columns: 200, rows: 50 },
] as const;

type AppOptions = {
  columns?: number;
  rows?: number;
  /** Kernel state letters by PID. */
  states?: Record<number, string>;
  ascii?: boolean;
};

/** Starts the app on a fake terminal, with a scripted source. Every change is drawn immediately. */
export const startApp = ({ columns = 80, rows = 24, states = {}, ascii = false }: AppOptions = {}) => {
  const size = { columns, rows };
  const source = scriptedSource(states);
  const usersOf = () => (uid: number) => (uid === 0 ? 'root' : String(uid));
  const store = new Store({ info: sourceInfo, size, usersOf });
  const theme = createTheme({ color: true, ascii });
  const app = renderOn(<App source={source} store={store} theme={theme} stopSelf={async () => {}} />, size);
  const play = async (at: number, ...records: ChurnRecord[]) => {
    source.listener().onBatch({ nowNs: seconds(at), records });
    await app.drawn();
  };
  return { ...app, source, store, play, lines: () => app.screen().split('\n') };
};

export type TestApp = ReturnType<typeof startApp>;

/** Starts the app, plays the history and then `play`, types the key of a view, and waits until the screen shows it. */
export const renderView = async (
  { key, shows, play }: { key: string; shows: string | RegExp; play: (app: TestApp) => Promise<void> },
  options: AppOptions = {},
): Promise<TestApp> => {
  const app = startApp(options);
  await playHistory(app);
  await play(app);
  app.type(key);
  await vi.waitFor(() => expect(app.screen()).toMatch(shows));
  return app;
};

/** Compares the screen with a golden file, and checks that no row is missing or wider than the terminal. */
export const expectGoldenScreen = async ({ screen, lines, stdout }: TestApp, file: string): Promise<void> => {
  await expect(screen()).toMatchFileSnapshot(file);
  expect(lines()).toHaveLength(stdout.rows);
  expect(Math.max(...lines().map((line) => stringWidth(line)))).toBeLessThanOrEqual(stdout.columns);
};

/** Plays the records of a guest with two services, one of which spawns processes. */
export const playHistory = async ({ play, source }: TestApp) => {
  await play(
    100,
    spawned(1, 'systemd', 100, { guest_ppid: 0, start_ticks: 10, initial: true }),
    spawned(2, 'kthreadd', 100, { guest_ppid: 0, start_ticks: 10, initial: true, kthread: true }),
    spawned(400, 'nginx', 100, { start_ticks: 4_200, initial: true, guest_uid: 33 }),
    spawned(500, 'cron', 100, { start_ticks: 5_000, initial: true }),
  );
  source.listener().onStatus(walkStatus);
  await play(101, spawned(601, 'sh', 101, { guest_ppid: 500 }));
  await play(101.5, spawned(602, 'backup', 101.5, { guest_ppid: 601 }));
  await play(102, exited(602, 'backup', 102, { lifetime_ns: seconds(0.5), exit_code: 3 }));
  await play(103, spawned(603, 'sh', 103, { guest_ppid: 500 }));
  await play(
    103.4,
    execed(603, 'curl', 103.4, { start_ticks: 10_300, guest_uid: 0 }),
    zombie(601, 'sh', 103.4, { guest_ppid: 500 }),
  );
  await play(103.5, {
    probe_source: 'trace.gap',
    reason: 'unseen',
    tasks: 4,
    from_monotonic_ns: seconds(102),
    to_monotonic_ns: seconds(103),
  });
  await play(103.6, spawned(604, 'sleep', 103.6, { guest_ppid: 603 }));
  await play(103.9, exited(604, 'sleep', 103.9, { lifetime_ns: seconds(0.3) }));
};
