import { resolve } from 'node:path';
import xterm from '@xterm/headless';
import type { IPty } from 'node-pty';

/** node-pty has to be compiled; where that failed, end-to-end tests say so, and in CI they fail. */
export const loadPty = async (): Promise<typeof import('node-pty') | undefined> => {
  try {
    return await import('node-pty');
  } catch (error) {
    if (process.env.CI) throw error;
    return undefined;
  }
};

/** `npm run test:exe` runs the same tests on the single executable. */
export const isExecutable = process.env.CHURNTOP_EXE !== undefined;
export const program = resolve(isExecutable ? 'test/support/programs/executable.js' : 'bin/churntop.js');

export type Session = {
  pid: number;
  /** The screen as a terminal shows it, row by row, without trailing blanks. */
  rows: () => string[];
  screen: () => string;
  /** Everything the program wrote. */
  output: () => string;
  /** True while the terminal shows its alternate screen. */
  alternate: () => boolean;
  type: (keys: string) => void;
  resize: (columns: number, rows: number) => void;
  /** Until the screen holds it; fails with the screen as it is. */
  see: (what: string | RegExp) => Promise<void>;
  /** Until the screen no longer holds it. */
  unsee: (what: string | RegExp) => Promise<void>;
  /** Stop and go on reading, as a terminal does on Ctrl-S and Ctrl-Q. */
  stall: () => void;
  unstall: () => void;
  kill: (signal?: string) => void;
  /** Close the terminal, as a dropped SSH line does. */
  hangUp: () => void;
  exit: Promise<{ code: number; signal: number }>;
};

type Options = { columns?: number; rows?: number; env?: NodeJS.ProcessEnv; cwd?: string; node?: string };

const patienceMs = 20_000;

const rowsOf = ({ buffer: { active }, rows }: xterm.Terminal): string[] =>
  Array.from({ length: rows }, (_row, index) =>
    (active.getLine(active.viewportY + index)?.translateToString(true) ?? '').trimEnd(),
  );

/** What a terminal that has seen nothing else shows of this output. */
export const shownBy = async (output: string, columns: number, rows: number): Promise<string[]> => {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((done) => terminal.write(output, done));
  return rowsOf(terminal);
};

/** A command in a real pseudo-terminal, with a terminal model that reads what it draws. */
export const openPty = (
  { spawn }: typeof import('node-pty'),
  file: string,
  args: string[],
  { columns = 80, rows = 24, env = {}, cwd = process.cwd() }: Options = {},
): Session => {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 200 });
  const { CI: _, NO_COLOR: __, ...rest } = process.env;
  const pty: IPty = spawn(file, args, {
    name: env.TERM ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd,
    env: { ...rest, LC_ALL: 'C.UTF-8', ...env } as Record<string, string>,
  });
  let output = '';
  const listeners = new Set<() => void>();
  pty.onData((data) => {
    output += data;
    terminal.write(data, () => {
      for (const listener of listeners) listener();
    });
  });
  const exit = new Promise<{ code: number; signal: number }>((done) =>
    // Not before the terminal has shown all that was written.
    pty.onExit(({ exitCode, signal }) =>
      terminal.write('', () => done({ code: exitCode, signal: signal ?? 0 })),
    ),
  );

  const screenRows = () => rowsOf(terminal);
  const screen = () => screenRows().join('\n');
  const holds = (what: string | RegExp) =>
    typeof what === 'string' ? screen().includes(what) : what.test(screen());
  const until = (test: () => boolean, wanted: string) =>
    new Promise<void>((done, fail) => {
      const stop = (then: () => void) => {
        clearTimeout(timer);
        listeners.delete(check);
        then();
      };
      const check = () => {
        if (test()) stop(done);
      };
      const timer = setTimeout(
        () => stop(() => fail(new Error(`${wanted}; the screen is\n${screen()}`))),
        patienceMs,
      );
      listeners.add(check);
      exit.then(() => check());
      check();
    });

  return {
    pid: pty.pid,
    rows: screenRows,
    screen,
    output: () => output,
    alternate: () => terminal.buffer.active.type === 'alternate',
    type: (keys) => pty.write(keys),
    resize: (width, height) => {
      terminal.resize(width, height);
      pty.resize(width, height);
    },
    see: (what) => until(() => holds(what), `never saw ${what}`),
    unsee: (what) => until(() => !holds(what), `still see ${what}`),
    stall: () => pty.pause(),
    unstall: () => pty.resume(),
    kill: (signal) => pty.kill(signal),
    hangUp: () => (pty as IPty & { destroy: () => void }).destroy(),
    exit,
  };
};

/** churntop itself in a pseudo-terminal. */
export const openChurntop = (
  pty: typeof import('node-pty'),
  args: string[] = [],
  options: Options = {},
): Session => openPty(pty, options.node ?? process.execPath, [program, ...args], options);
