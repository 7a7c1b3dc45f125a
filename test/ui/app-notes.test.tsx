import { expect, test, vi } from 'vitest';
import { createNote } from '../../src/domain/events/event.ts';
import { alert, note, seconds } from '../support/fixtures/events.ts';
import { playHistory, startApp } from '../support/harness/app.tsx';

/** Starts the app with a source that returns each note as its next record. */
const start = () => {
  const app = startApp();
  const noted: string[] = [];
  app.source.addNote = (text) => {
    noted.push(text);
    const record = createNote(text, seconds(104));
    if (record) app.source.listener().onBatch({ nowNs: seconds(104), records: [record] });
  };
  return { ...app, noted };
};

test('e opens an input line; the note goes to the source and appears in the log', async () => {
  const app = start();
  await playHistory(app);
  app.type('e');
  await vi.waitFor(() => expect(app.lines().at(-1)).toMatch(/^note: +Enter add {2}Esc cancel/));
  app.type('quiet, deployed 1.4 🚀');
  await vi.waitFor(() => expect(app.lines().at(-1)).toContain('note: quiet, deployed 1.4 🚀'));
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toContain('12:01:44.000 # quiet, deployed 1.4 🚀'));
  expect(app.lines().at(-1)).toContain('note added');
  expect(app.noted).toEqual(['quiet, deployed 1.4 🚀']);
});

test('Esc and an empty line add no note', async () => {
  const app = start();
  await playHistory(app);
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

test('a long text shows its end, and is limited to the maximum length of a note', async () => {
  const app = start();
  await playHistory(app);
  app.type('e');
  app.type(`\x1b[200~${'long '.repeat(120)}end\x1b[201~`);
  await vi.waitFor(() => expect(app.lines().at(-1)).toMatch(/^note: .*long long *$/));
  expect(app.lines().at(-1)?.length).toBeLessThanOrEqual(80);
  app.type('\r');
  await vi.waitFor(() => expect(app.noted).toHaveLength(1));
  expect(app.noted[0]).toHaveLength(500);
});

test('a source without notes is reported', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('e');
  app.type('x\r');
  await vi.waitFor(() => expect(app.lines().at(-1)).toContain('notes can be added during live capture only'));
});

test('hostile text of a note or an alert is sanitized', async () => {
  const app = startApp();
  await playHistory(app);
  await app.play(
    104,
    note('\x1b]0;owned\x07\u202e', 104),
    alert('zombies(parent)>20', 104, { key: '\x1b[2J' }),
  );
  expect(app.screen()).toContain('# ␛]0;owned␇�');
  expect(app.screen()).toContain('! zombies: 62.0/s under ␛[2J (> 20)');
});
