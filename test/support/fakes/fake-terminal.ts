import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink';
import type { ReactElement } from 'react';
import { afterEach } from 'vitest';

/** A terminal of any size. Ink must run in debug mode, in which it writes whole frames. */
export class FakeStdout extends EventEmitter {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly frames: string[] = [];

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  write = (frame: string, done?: () => void): boolean => {
    // Ink also writes sequences that set terminal modes.
    if (stripVTControlCharacters(frame) !== '') this.frames.push(frame);
    done?.();
    return true;
  };

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }
}

/** Delivers keys as a terminal in raw mode does. */
class FakeStdin extends EventEmitter {
  readonly isTTY = true;
  #pending: string | null = null;
  setEncoding = () => {};
  setRawMode = () => {};
  resume = () => {};
  pause = () => {};
  ref = () => {};
  unref = () => {};
  read = () => {
    const data = this.#pending;
    this.#pending = null;
    return data;
  };

  type(data: string): void {
    this.#pending = data;
    this.emit('readable');
  }
}

const mounted: { unmount: () => void }[] = [];
afterEach(() => {
  for (const instance of mounted.splice(0)) instance.unmount();
});

/**
 * Renders an Ink tree on a fake terminal, until the end of the test. `screen` is the last frame without escape sequences,
 * `painted` with them.
 */
export const renderOn = (tree: ReactElement, { columns, rows }: { columns: number; rows: number }) => {
  const stdout = new FakeStdout(columns, rows);
  const stdin = new FakeStdin();
  const instance = render(tree, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    debug: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  mounted.push(instance);
  const painted = () => stdout.frames.at(-1) ?? '';
  return {
    stdout,
    painted,
    screen: () => stripVTControlCharacters(painted()),
    type: (data: string) => stdin.type(data),
    /** Resolves when all changes are drawn. */
    drawn: () => instance.waitUntilRenderFlush(),
    unmount: () => instance.unmount(),
  };
};
