import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { syntheticEvents, syntheticTrace } from '../support/fixtures/synthetic-trace.ts';
import { loadPty, openChurntop, program, type Session } from '../support/harness/pty.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { hasGnuScreen, hasMosh, openGnuScreen, openMosh } from '../support/installed/nested-terminal.ts';

const pty = await loadPty();
const folder = createTempDir();
const trace = join(folder.path, 'trace.ndjson');
writeFileSync(trace, [...syntheticTrace(syntheticEvents(4000))].join(''));

const size = { columns: 90, rows: 26 };
const command = [process.execPath, program, 'view', trace];
const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});
afterAll(() => folder.remove());

const terminals = [
  { name: 'mosh', id: '[fault:mosh]', has: hasMosh, open: openMosh },
  { name: 'GNU screen', id: '[fault:gnu-screen]', has: hasGnuScreen, open: openGnuScreen },
];

/**
 * The control sequences that every terminal has: cursor up, down, column, position; erase; style. A terminal ignores an
 * unknown private mode, and an unknown OSC up to BEL.
 */
const commonSequence =
  /^\x1b(?:\[\d*[ABGJK]|\[(?:\d+;\d+)?H|\[[\d;]*m|\[\?(?:25|1000|1006|1049|2004|2026)[hl]|\]52;c;[\w=]+\x07)$/;

/** Draws many frames: closes the overview, goes halfway, steps, sorts and changes views. */
const play = async (session: Session) => {
  await session.see('REPLAY');
  session.type('wt');
  await session.see('to time:');
  session.type('13:03:40\r');
  await session.see('13:03:40.000');
  for (const key of ['.', '.', '.', '2', 's', '3', '1', '.']) {
    session.type(`${key}?`);
    await session.see('? back');
    session.type('?');
    await session.see(key === '2' || key === 's' ? 'NOW/S' : 'REPLAY');
  }
};

test.skipIf(!pty)('the screen uses only common control sequences [fault:common-sequences]', async () => {
  const session = openChurntop(pty as NonNullable<typeof pty>, ['view', trace], size);
  closes.push(() => session.kill('SIGKILL'));
  await play(session);
  session.type('jy');
  await session.see('sent to the clipboard');
  session.resize(70, 20);
  session.type('\x0c');
  session.type('/');
  await session.see('filter:');
  session.type('\x03');
  await session.exit;
  const sequences = session.output().match(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*\x07?|[^[\]])/g) ?? [];
  expect(sequences.length).toBeGreaterThan(100);
  expect(sequences.filter((sequence) => !commonSequence.test(sequence))).toEqual([]);
});

describe.skipIf(!pty).each(terminals)('in $name', ({ name, id, has, open }) => {
  test.skipIf(!has)(
    `the screen shows the same as in a plain terminal${has ? '' : ` (skipped: ${name} is not installed)`} ${id}`,
    async () => {
      const node = pty as NonNullable<typeof pty>;
      const { session, close } = open(node, command, size);
      const plain = openChurntop(node, ['view', trace], size);
      closes.push(close, () => plain.kill('SIGKILL'));
      await play(session);
      await play(plain);
      await vi.waitFor(() => expect(session.rows()).toEqual(plain.rows()), { timeout: 20_000, interval: 50 });
    },
  );
});
