import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink';
import type { ReactElement } from 'react';

/** A terminal of any size for Ink's debug mode, in which every frame is written whole. */
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

/** Keys arrive as they would from a terminal in raw mode. */
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

/** Run an Ink tree on a fake terminal. `screen` is the last frame without colours, `painted` with them. */
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
  const painted = () => stdout.frames.at(-1) ?? '';
  return {
    stdout,
    painted,
    screen: () => stripVTControlCharacters(painted()),
    type: (data: string) => stdin.type(data),
    /** Until what has changed is drawn. */
    drawn: () => instance.waitUntilRenderFlush(),
    unmount: () => instance.unmount(),
  };
};
