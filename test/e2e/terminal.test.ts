import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { ProbeEvent } from '../../src/domain/events/event.ts';
import { syntheticEvents, syntheticTrace } from '../support/fixtures/synthetic-trace.ts';
import { spawnNamed } from '../support/harness/named-process.ts';
import { loadPty, openChurntop, program, type Session, shownBy } from '../support/harness/pty.ts';
import { killSessionsAfterEach } from '../support/harness/sessions.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { hasTmux, openTmux } from '../support/installed/tmux.ts';

const pty = await loadPty();
const folder = createTempDir();
const trace = join(folder.path, 'trace.ndjson');
const track = killSessionsAfterEach();
const windows: ReturnType<typeof openTmux>[] = [];

/** Wide and combining characters, and control sequences. */
const unusualNames = ['日本語のプロ', 'e\u0301tude', '\x1b[31mred', 'a\tb', '\u202eevil', 'ｗｉｄｅ'];
const withUnusualNames = function* (events: Iterable<ProbeEvent>): Generator<ProbeEvent> {
  for (const event of events) {
    const name = event.guest_pid % 4 === 0 ? unusualNames[event.guest_pid % unusualNames.length] : undefined;
    yield name === undefined ? event : { ...event, guest_comm: name };
  }
};
writeFileSync(trace, [...syntheticTrace(withUnusualNames(syntheticEvents(4000)))].join(''));

const open = (args: string[], options: Parameters<typeof openChurntop>[2] = {}) => {
  return track(openChurntop(pty as NonNullable<typeof pty>, args, { cwd: folder.path, ...options }));
};

/** Pauses the replay halfway through the trace. */
const pauseHalfway = async (session: Pick<Session, 'see' | 'type'>) => {
  await session.see('REPLAY');
  session.type('wt');
  await session.see('to time:');
  session.type('13:03:40\r');
  await session.see('13:03:40.000');
};

afterEach(async () => {
  for (const window of windows.splice(0)) window.close();
});
afterAll(() => folder.remove());

describe.skipIf(!pty)('the screen', () => {
  /** Redraws the screen, and asserts that a terminal which received only the redraw shows the same. */
  const expectSameWhenRedrawn = async (session: Session, columns: number, rows: number) => {
    const from = session.output().length;
    session.type('\x0c');
    const expectSame = async () => {
      const [, ...redraw] = session.output().slice(from).split('\x1b[2J');
      expect(redraw).not.toEqual([]);
      const shown = await shownBy(redraw.join(''), columns, rows);
      // The footer is drawn last.
      expect(shown.at(-1)).toContain('quit');
      expect(session.rows()).toEqual(shown);
    };
    await vi.waitFor(expectSame, { timeout: 20_000, interval: 50 });
  };

  test.each([
    [80, 24],
    [200, 50],
  ])('shows the same after many updates as after a redraw at %ix%i', async (columns, rows) => {
    const session = open(['view', trace], { columns, rows });
    await pauseHalfway(session);
    // Steps change cells with wide and combining characters. Then all views are sorted and scrolled.
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
    await session.see('LIFE EXIT COMMAND');
    await expectSameWhenRedrawn(session, columns, rows);
  });

  test('fits the terminal and leaves nothing of other sizes after many resizes [fault:resize-storm]', async () => {
    const session = open(['view', trace]);
    await pauseHalfway(session);
    for (let step = 0; step < 120; step++) session.resize(30 + ((step * 37) % 170), 6 + ((step * 11) % 50));
    session.resize(100, 30);
    await vi.waitFor(() => expect(session.rows()[29]).toMatch(/^p play .*q quit$/), { timeout: 20_000 });
    await expectSameWhenRedrawn(session, 100, 30);
    expect(session.rows()[0]).toMatch(/^churntop .* REPLAY ‖ 1x +13:03:40\.000$/);
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
  });

  test('inserts a paste as text into the filter, and ignores it elsewhere', async () => {
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

  test.each([[[]], [['--no-mouse']]])(
    'types nothing that is a report or an answer of the terminal, also torn %j [fault:junk-input]',
    async (args) => {
      const session = open(['view', trace, ...args]);
      await pauseHalfway(session);
      await session.unsee('indexing');
      const showAgain = async () => {
        session.type('2');
        await session.see('NOW/S');
        session.type('1');
        await session.see('LIFE EXIT COMMAND');
      };
      await showAgain();
      let before = session.rows();
      // A frame can arrive in parts.
      await vi.waitFor(
        () => {
          const rows = before;
          before = session.rows();
          expect(before).toEqual(rows);
        },
        { timeout: 20_000, interval: 200 },
      );
      const junk = [
        '\x1b[M#qR',
        '\x1b[M#\u0152\u0144',
        '\x1b[<0;10;12m',
        '\x1b[35;10;12M',
        '\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\',
        '\x1b]11;rgb:1c1c/1c1c/1c1c\x07',
        '\x1bP>|XTerm dqR/(1)\x1b\\',
        '\x1b_Gi=31;quit\x1b\\',
        '\x1b^quit\x1b\\',
        '\x1bXquit\x1b\\',
        '\x1b[12;40R',
        '\x1b[?62;22c',
        '\x1b[200~quit\x1b[201~',
      ];
      session.type(junk.join(''));
      // A slow line: the start of a report alone, then its rest.
      for (const report of junk) {
        session.type(report.slice(0, 1));
        await new Promise((resolve) => setTimeout(resolve, 100));
        session.type(report.slice(1));
      }
      await showAgain();
      await vi.waitFor(() => expect(session.rows()).toEqual(before), { timeout: 20_000, interval: 50 });
    },
  );

  test('sorts on a press on a title, reverses on a second press, and scrolls with the wheel', async () => {
    const session = open(['view', trace]);
    await pauseHalfway(session);
    const titles = 3;
    const press = (column: number, row: number, button = 0) =>
      session.type(`\x1b[<${button};${column + 1};${row + 1}M\x1b[<${button};${column + 1};${row + 1}m`);
    const pid = () => (session.rows()[titles] as string).indexOf('PID');
    press(pid(), titles);
    await session.see('▾PID');
    press(pid(), titles);
    await session.see('▴PID');
    const third = (session.rows()[titles + 3] as string).trim().split(/ +/);
    // Without a selection the first step selects the first row, so three steps select the third.
    press(4, titles + 5, 65);
    session.type('\r');
    await session.see(`PID ${third.find((cell) => /^\d+$/.test(cell))}`);
  });
});

describe.skipIf(!hasTmux)('the screen in tmux', () => {
  const openInTmux = (args: string[], columns = 80, rows = 24) => {
    const window = openTmux([process.execPath, program, ...args], columns, rows);
    windows.push(window);
    return window;
  };

  test.skipIf(!pty).each([
    ['1', 80, 24],
    ['2', 80, 24],
    ['3', 120, 40],
    ['4', 120, 40],
  ])('shows view %s at %ix%i as the model terminal does', async (key, columns, rows) => {
    const model = open(['view', trace], { columns, rows });
    const window = openInTmux(['view', trace], columns, rows);
    await pauseHalfway({ see: (what) => window.see(String(what)).then(() => {}), type: typeIn(window) });
    await pauseHalfway(model);
    window.keys(key);
    model.type(key);
    await vi.waitFor(() => expect(window.rows()).toEqual(model.rows()), { timeout: 20_000, interval: 100 });
  });

  test('handles keys, a paste and quit', async () => {
    const window = openInTmux([]);
    await window.see('● LIVE');
    window.keys('/');
    await window.see('filter:');
    window.paste('no-such-name');
    await window.see('no process matches no-such-name');
    window.keys('Enter', '?');
    await window.see('On the screen');
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

/** Returns a function that types into tmux, which needs Enter by name. */
const typeIn = (window: ReturnType<typeof openTmux>) => (text: string) => {
  for (const part of text.split(/(\r)/)) if (part !== '') window.keys(part === '\r' ? 'Enter' : part);
};
