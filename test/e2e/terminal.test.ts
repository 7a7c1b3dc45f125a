import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { ProbeEvent } from '../../src/domain/events/event.ts';
import { createTempDir, spawnNamed } from '../support/harness/temp-dir.ts';
import { syntheticEvents, syntheticTrace } from '../support/fixtures/synthetic-trace.ts';
import { loadPty, openChurntop, program, type Session, shownBy } from '../support/harness/pty.ts';
import { hasTmux, openTmux } from '../support/harness/tmux.ts';

const pty = await loadPty();
const folder = createTempDir();
const trace = join(folder.path, 'trace.ndjson');
const sessions: Session[] = [];
const windows: ReturnType<typeof openTmux>[] = [];

/** Names that a terminal takes for more than letters, among others. */
const odd = ['日本語のプロ', 'e\u0301tude', '\x1b[31mred', 'a\tb', '\u202eevil', 'ｗｉｄｅ'];
const renamed = function* (events: Iterable<ProbeEvent>): Generator<ProbeEvent> {
  for (const event of events) {
    const name = event.guest_pid % 4 === 0 ? odd[event.guest_pid % odd.length] : undefined;
    yield name === undefined ? event : { ...event, guest_comm: name };
  }
};
writeFileSync(trace, [...syntheticTrace(renamed(syntheticEvents(4000)))].join(''));

const open = (args: string[], options: Parameters<typeof openChurntop>[2] = {}) => {
  const session = openChurntop(pty as NonNullable<typeof pty>, args, { cwd: folder.path, ...options });
  sessions.push(session);
  return session;
};

/** A standing picture: half-way through the trace. */
const standStill = async (session: Pick<Session, 'see' | 'type'>) => {
  await session.see('REPLAY');
  session.type('pt');
  await session.see('to time:');
  session.type('13:03:40\r');
  await session.see('13:03:40.000');
};

afterEach(async () => {
  for (const window of windows.splice(0)) window.close();
  for (const session of sessions.splice(0)) {
    session.kill('SIGKILL');
    await session.exit;
  }
});
afterAll(() => folder.remove());

describe.skipIf(!pty)('the screen', () => {
  /** All of it is drawn once more: a terminal that saw only that must show the same. */
  const sameAnew = async (session: Session, columns: number, rows: number) => {
    const from = session.output().length;
    session.type('\x0c');
    const same = async () => {
      const [, ...anew] = session.output().slice(from).split('\x1b[2J');
      expect(anew).not.toEqual([]);
      const shown = await shownBy(anew.join(''), columns, rows);
      // The footer is drawn last.
      expect(shown.at(-1)).toContain('quit');
      expect(session.rows()).toEqual(shown);
    };
    await vi.waitFor(same, { timeout: 20_000, interval: 50 });
  };

  test.each([
    [80, 24],
    [200, 50],
  ])('at %ix%i is after many changes what it is when drawn anew', async (columns, rows) => {
    const session = open(['view', trace], { columns, rows });
    await standStill(session);
    // Each step changes some cells, with wide and combining characters among them; then all views, sorted and scrolled.
    const keys = [
      '.........',
      ',,,',
      'jjjjj',
      'G',
      'k',
      's',
      'r',
      '2',
      'jj',
      's',
      '3',
      'j-',
      '+',
      '4',
      '+',
      '-',
      'm',
      '1',
    ];
    for (const key of keys) {
      session.type(key);
      session.type('?');
      await session.see('? back');
      session.type('?');
      await session.see(key === '2' ? 'NOW/S' : 'REPLAY');
    }
    await session.see('EVENTS');
    await sameAnew(session, columns, rows);
  });

  test('after a storm of resizes has the size of the terminal, and nothing left of other sizes [fault:resize-storm]', async () => {
    const session = open(['view', trace]);
    await standStill(session);
    for (let step = 0; step < 120; step++) session.resize(30 + ((step * 37) % 170), 6 + ((step * 11) % 50));
    session.resize(100, 30);
    await vi.waitFor(() => expect(session.rows()[29]).toMatch(/^p play .*q quit$/), { timeout: 20_000 });
    await sameAnew(session, 100, 30);
    expect(session.rows()[0]).toMatch(/^churntop .* REPLAY ‖ 1x +13:03:40\.000$/);
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
  });

  test('takes a paste as text of the filter, whatever is in it, and as nothing anywhere else', async () => {
    const { name, end } = await spawnNamed(folder.path, 'ct-paste');
    const session = open([]);
    await session.see('● LIVE');
    session.type('\x1b[200~qqq\x1b[201~');
    session.type('/');
    session.type(`\x1b[200~${name}\r\x1b]0;x\x07\x03\x1b[201~`);
    await session.see(`filter: ${name} ]0;x`);
    session.type('\x15');
    session.type(`\x1b[200~comm=${name}\n\x1b[201~`);
    await session.see(`filter: comm=${name}`);
    session.type('\r');
    await session.see(new RegExp(`p pause .*filter: comm=${name}$`));
    expect(session.output()).not.toContain('\x1b]0;x');
    await end();
  });

  test('a press on a title sorts, another one turns it round, the wheel goes through the rows', async () => {
    const session = open(['view', trace]);
    await standStill(session);
    const titles = 3;
    const press = (column: number, row: number, button = 0) =>
      session.type(`\x1b[<${button};${column + 1};${row + 1}M\x1b[<${button};${column + 1};${row + 1}m`);
    const pid = () => (session.rows()[titles] as string).indexOf('PID');
    press(pid(), titles);
    await session.see('▾PID');
    press(pid(), titles);
    await session.see('▴PID');
    const third = (session.rows()[titles + 3] as string).trim().split(/ +/);
    // From nowhere the first step shows where one is: three of them lead to the third row.
    press(4, titles + 5, 65);
    session.type('\r');
    await session.see(`PID ${third.find((cell) => /^\d+$/.test(cell))}`);
  });
});

describe.skipIf(!hasTmux)('in tmux', () => {
  const openIn = (args: string[], columns = 80, rows = 24) => {
    const window = openTmux([process.execPath, program, ...args], columns, rows);
    windows.push(window);
    return window;
  };

  test.skipIf(!pty).each([
    ['1', 80, 24],
    ['2', 80, 24],
    ['3', 120, 40],
    ['4', 120, 40],
  ])('view %s at %ix%i is what the model terminal shows', async (key, columns, rows) => {
    const model = open(['view', trace], { columns, rows });
    const window = openIn(['view', trace], columns, rows);
    await standStill({ see: (what) => window.see(String(what)).then(() => {}), type: typeIn(window) });
    await standStill(model);
    window.keys(key);
    model.type(key);
    await vi.waitFor(() => expect(window.rows()).toEqual(model.rows()), { timeout: 20_000, interval: 100 });
  });

  test('keys, a paste and the end are as anywhere', async () => {
    const window = openIn([]);
    await window.see('● LIVE');
    window.keys('/');
    await window.see('filter:');
    window.paste('no-such-name');
    await window.see('no process matches no-such-name');
    window.keys('Enter', '?');
    await window.see('pause or resume the view');
    window.keys('Escape');
    await window.see('no process matches');
    window.keys('Escape');
    await window.see('› ');
    window.keys('q');
    await vi.waitFor(() => expect(() => window.screen()).toThrow(/no server|server exited|can't find/), {
      timeout: 20_000,
    });
  });
});

/** tmux names Enter; all else is letters. */
const typeIn = (window: ReturnType<typeof openTmux>) => (text: string) => {
  for (const part of text.split(/(\r)/)) if (part !== '') window.keys(part === '\r' ? 'Enter' : part);
};
