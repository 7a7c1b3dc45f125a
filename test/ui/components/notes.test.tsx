import { expect, test, vi } from 'vitest';
import { createNote } from '../../../src/domain/events/event.ts';
import { history, startApp } from '../../support/harness/app.tsx';
import { alert, note, seconds } from '../../support/fixtures/events.ts';

/** An app whose source takes notes and tells them as its next record. */
const start = (size?: { columns: number; rows: number }) => {
  const app = startApp(size);
  const noted: string[] = [];
  app.source.addNote = (text) => {
    noted.push(text);
    const record = createNote(text, seconds(104));
    if (record) app.source.listener().onBatch({ nowNs: seconds(104), records: [record] });
  };
  return { ...app, noted };
};

test('e opens a line, what is typed there goes to the source, and comes back as a line of the log', async () => {
  const app = start();
  await history(app);
  app.type('e');
  await vi.waitFor(() => expect(app.lines().at(-1)).toMatch(/^note: +Enter note it {2}Esc back/));
  app.type('quiet, deployed 1.4 🚀');
  await vi.waitFor(() => expect(app.lines().at(-1)).toContain('note: quiet, deployed 1.4 🚀'));
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toContain('12:01:44.000 # quiet, deployed 1.4 🚀'));
  expect(app.lines().at(-1)).toContain('noted');
  expect(app.noted).toEqual(['quiet, deployed 1.4 🚀']);
});

test('Esc and an empty line note nothing', async () => {
  const app = start();
  await history(app);
  app.type('e');
  app.type('never mind');
  await vi.waitFor(() => expect(app.screen()).toContain('note: never mind'));
  app.type('\x1b');
  await vi.waitFor(() => expect(app.lines().at(-1)).toContain('p pause'));
  app.type('e');
  await vi.waitFor(() => expect(app.lines().at(-1)).toMatch(/^note: +Enter/));
  app.type(' \r');
  await vi.waitFor(() => expect(app.lines().at(-1)).toContain('p pause'));
  expect(app.noted).toEqual([]);
});

test('of a text wider than the screen its end is shown, and no more than a note holds is kept', async () => {
  const app = start();
  await history(app);
  app.type('e');
  app.type(`\x1b[200~${'long '.repeat(120)}end\x1b[201~`);
  await vi.waitFor(() => expect(app.lines().at(-1)).toMatch(/^note: .*long long *$/));
  expect(app.lines().at(-1)?.length).toBeLessThanOrEqual(80);
  app.type('\r');
  await vi.waitFor(() => expect(app.noted).toHaveLength(1));
  expect(app.noted[0]).toHaveLength(500);
});

test('where nothing can be noted it says so', async () => {
  const app = startApp();
  await history(app);
  app.type('e');
  app.type('x\r');
  await vi.waitFor(() => expect(app.lines().at(-1)).toContain('nothing can be noted in a trace'));
});

test('hostile text of a note or an alert is inert', async () => {
  const app = startApp();
  await history(app);
  await app.play(
    104,
    note('\x1b]0;owned\x07\u202e', 104),
    alert('zombies(parent)>20', 104, { key: '\x1b[2J' }),
  );
  expect(app.screen()).toContain('# ␛]0;owned␇�');
  expect(app.screen()).toContain('! zombies: 62.0/s under ␛[2J (> 20)');
});
