import { afterEach } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { Store } from '../../../src/store/store.ts';
import { App } from '../../../src/ui/app.tsx';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { exited, scriptedSource, seconds, sourceInfo, spawned, walkStatus } from '../fixtures/events.ts';
import { renderOn } from '../fakes/fake-terminal.ts';

const open: { unmount: () => void }[] = [];
afterEach(() => {
  for (const app of open.splice(0)) app.unmount();
});

/** The app on a fake terminal, with a source played by hand. Every change is drawn at once. */
export const startApp = (
  size = { columns: 80, rows: 24 },
  states: Record<number, string> = {},
  ascii = false,
) => {
  const source = scriptedSource(states);
  const usersOf = () => (uid: number) => (uid === 0 ? 'root' : String(uid));
  const store = new Store({ info: sourceInfo, size, usersOf });
  const look = { theme: createTheme({ color: true, ascii }) };
  const app = renderOn(<App source={source} store={store} look={look} stopSelf={async () => {}} />, size);
  open.push(app);
  const play = async (at: number, ...records: ChurnRecord[]) => {
    source.listener().onBatch({ nowNs: seconds(at), records });
    await app.drawn();
  };
  return { ...app, source, store, play, lines: () => app.screen().split('\n') };
};

/** A little history: a guest with two services, of which one keeps spawning. */
export const history = async ({ play, source }: ReturnType<typeof startApp>) => {
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
    {
      ...spawned(603, 'curl', 103.4, { start_ticks: 10_300 }),
      probe_source: 'process.exec',
      previous_comm: 'sh',
    },
    { ...exited(601, 'sh', 103.4), probe_source: 'process.zombie', guest_ppid: 500 },
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
