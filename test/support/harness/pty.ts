import { resolve } from 'node:path';
import xterm from '@xterm/headless';
import type { IPty } from 'node-pty';

/** Loads node-pty, which is compiled on installation. If that failed, returns undefined, or throws in CI. */
export const loadPty = async (): Promise<typeof import('node-pty') | undefined> => {
  try {
    return await import('node-pty');
  } catch (error) {
    if (process.env.CI) throw error;
    return undefined;
  }
};

/** Whether the tests run the single executable (`npm run test:exe`). */
export const isExecutable = process.env.CHURNTOP_EXE !== undefined;
export const program = resolve(isExecutable ? 'test/support/programs/executable.js' : 'bin/churntop.js');

/** A program in a pseudo-terminal, with a terminal model that reads its output. */
export type Session = {
  pid: number;
  /** Returns the rows of the screen, without trailing spaces. */
  rows: () => string[];
  screen: () => string;
  /** Returns everything the program has written. */
  output: () => string;
  /** Whether the alternate screen is active. */
  alternate: () => boolean;
  type: (keys: string) => void;
  resize: (columns: number, rows: number) => void;
  /** Waits until the screen contains the text, or all texts of a list. Rejects with the screen after `timeoutMs`. */
  see: (what: string | RegExp | readonly RegExp[]) => Promise<void>;
  /** Waits until the screen does not contain the text. */
  unsee: (what: string | RegExp) => Promise<void>;
  /** Stops reading output, as a terminal does on Ctrl-S. */
  stall: () => void;
  /** Continues reading output, as a terminal does on Ctrl-Q. */
  unstall: () => void;
  kill: (signal?: string) => void;
  /** Closes the terminal, as a dropped SSH connection does. */
  hangUp: () => void;
  exit: Promise<{ code: number; signal: number }>;
};

type Options = { columns?: number; rows?: number; env?: NodeJS.ProcessEnv; cwd?: string; node?: string };

const timeoutMs = 20_000;

const rowsOf = ({ buffer: { active }, rows }: xterm.Terminal): string[] =>
  Array.from({ length: rows }, (_row, index) =>
    (active.getLine(active.viewportY + index)?.translateToString(true) ?? '').trimEnd(),
  );

/** Returns the rows that a new terminal shows for this output. */
export const shownBy = async (output: string, columns: number, rows: number): Promise<string[]> => {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((done) => terminal.write(output, done));
  return rowsOf(terminal);
};

/** Runs a program in a pseudo-terminal. */
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
    // Resolves after the terminal model has processed all output.
    pty.onExit(({ exitCode, signal }) =>
      terminal.write('', () => done({ code: exitCode, signal: signal ?? 0 })),
    ),
  );

  const screenRows = () => rowsOf(terminal);
  const screen = () => screenRows().join('\n');
  const contains = (what: string | RegExp) =>
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
        timeoutMs,
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
    see: (what) =>
      until(() => [what].flat().every(contains), `timed out waiting for ${[what].flat().join(' and ')}`),
    unsee: (what) =>
      until(() => !contains(what), `timed out waiting until the screen does not contain ${what}`),
    stall: () => pty.pause(),
    unstall: () => pty.resume(),
    kill: (signal) => pty.kill(signal),
    hangUp: () => (pty as IPty & { destroy: () => void }).destroy(),
    exit,
  };
};

/** Runs churntop in a pseudo-terminal. */
export const openChurntop = (
  pty: typeof import('node-pty'),
  args: string[] = [],
  options: Options = {},
): Session => openPty(pty, options.node ?? process.execPath, [program, ...args], options);
