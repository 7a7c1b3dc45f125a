import { afterAll, describe, expect, test } from 'vitest';
import { spawnNamed } from '../../support/harness/named-process.ts';
import { loadPty, openChurntop } from '../../support/harness/pty.ts';
import { killSessionsAfterEach } from '../../support/harness/sessions.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const pty = await loadPty();
const folder = createTempDir();
const track = killSessionsAfterEach();
const open = () =>
  track(openChurntop(pty as NonNullable<typeof pty>, ['--filter', 'ct-'], { cwd: folder.path }));

afterAll(() => folder.remove());

/** What terminals send for a function key. */
const sequences = { f1: '\x1bOP', f3: '\x1bOR', f5: '\x1b[15~', f6: '\x1b[17~', f10: '\x1b[21~' };

describe.skipIf(!pty)('function keys and the search in a real terminal', () => {
  test('F1, F5, F6 and F10 act as in htop', async () => {
    const session = open();
    await session.see('● LIVE');
    session.type(sequences.f1);
    await session.see('On the screen');
    session.type(' ');
    session.type('?');
    await session.see('● LIVE');
    session.type(sequences.f5);
    await session.see('PROCESS TREE');
    session.type(sequences.f6);
    await session.see('SORT BY');
    session.type(sequences.f6);
    await session.unsee('SORT BY');
    session.type(sequences.f10);
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
  });

  test('F3 selects the process that is typed, and Enter keeps the search', async () => {
    const session = open();
    await session.see('● LIVE');
    const wanted = await spawnNamed(folder.path, 'ct-want');
    const other = await spawnNamed(folder.path, 'ct-else');
    try {
      await session.see(other.name);
      session.type(sequences.f3);
      await session.see('search:');
      session.type('want');
      session.type('\r');
      await session.see('search: want');
      await session.see(other.name);
      session.type('\r');
      await session.see(new RegExp(`${wanted.name} +PID ${wanted.pid}`));
    } finally {
      await Promise.all([wanted.end(), other.end()]);
    }
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
  });
});
