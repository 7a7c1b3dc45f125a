import { expect, test, vi } from 'vitest';
import { alert, exited, seconds, spawned } from '../support/fixtures/events.ts';
import { startApp } from '../support/harness/app.tsx';

/** A parent whose comm is blank, and its children, whose comm is blank as well. */
const records = [
  spawned(700, ' ', 100, { guest_ppid: 1 }),
  ...[701, 702].flatMap((pid, index) => [
    spawned(pid, '   ', 101 + index, { guest_ppid: 700 }),
    exited(pid, '   ', 101.5 + index, { lifetime_ns: seconds(0.5), exit_code: 3 }),
  ]),
  alert('restarts(comm)>=5', 103, {
    key: '   ',
    value: '5',
    parent: ' [700]',
    period_ns: seconds(1),
  }),
];

test.each([
  ['1', "' '"],
  ['2', "'   '"],
  ['3', "'   ' ×2"],
  ['4', "'   '"],
  ['5', "' ' 700"],
  ['!', "'   ' ×5 under ' ' 700"],
  ['L', "' ' 700              root     '   '"],
])('a name of white space only is quoted after key %s', async (key, shown) => {
  const app = startApp({ columns: 140, rows: 30 });
  await app.play(103.5, ...records);
  app.type(key);
  await vi.waitFor(() => expect(app.screen()).toContain(shown));
});
