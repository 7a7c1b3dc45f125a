import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Action } from '../../store/actions/action.ts';

/** Presses and the wheel, in the form that has no bounds (xterm's control sequences, modes 1000 and 1006). */
const enableSequence = '\x1b[?1000h\x1b[?1006h';
const disableSequence = '\x1b[?1006l\x1b[?1000l';

/** The mouse as the screen has it: the terminal gets it back whenever the program stops or ends. */
export type MouseReporting = { disable: () => void; enable: () => void };

export const enableMouse = (output: WriteStream): MouseReporting => {
  let enabled = false;
  const disable = () => {
    if (enabled) output.write(disableSequence);
    enabled = false;
  };
  const enable = () => {
    output.write(enableSequence);
    enabled = true;
  };
  process.on('exit', disable);
  enable();
  return { disable, enable };
};

const mouseReport = /\x1b\[<(\d{1,3});(\d{1,5});(\d{1,5})([Mm])/g;
const partialReport = /\x1b\[<[\d;]{0,17}$/;

/** What comes from the terminal: the reports of its mouse, the rest, and what may be the beginning of a report. */
export const parseMouseInput = (input: string): { actions: Action[]; keys: string; rest: string } => {
  const actions: Action[] = [];
  const others = input.replaceAll(
    mouseReport,
    (_, code: string, column: string, row: string, final: string) => {
      const at = { column: Number(column) - 1, row: Number(row) - 1 };
      const action = final === 'M' ? buttonActions[code]?.(at) : undefined;
      if (action) actions.push(action);
      return '';
    },
  );
  const [rest = ''] = partialReport.exec(others) ?? [];
  return { actions, keys: others.slice(0, others.length - rest.length), rest };
};

const wheelRows = 3;

/** By the number of a button; those held with Shift, Alt or Ctrl have others. */
const buttonActions: Readonly<Record<string, (at: { column: number; row: number }) => Action>> = {
  0: (at) => ({ type: 'point', at }),
  64: (at) => ({ type: 'wheel', at, rows: -wheelRows }),
  65: (at) => ({ type: 'wheel', at, rows: wheelRows }),
};

/** A terminal's keys for Ink, which would throw reports of the mouse away: they are taken out before. */
export const splitMouseInput = (terminal: ReadStream, dispatch: (action: Action) => void): ReadStream => {
  const keys = new PassThrough({ encoding: 'utf8' });
  let rest = '';
  terminal.setEncoding('utf8');
  terminal.on('data', (chunk) => {
    const read = parseMouseInput(rest + chunk);
    rest = read.rest;
    if (read.keys !== '') keys.write(read.keys);
    for (const action of read.actions) dispatch(action);
  });
  terminal.on('end', () => keys.end());
  const ttyMethods = {
    isTTY: true,
    setRawMode: (mode: boolean) => {
      terminal.setRawMode(mode);
      return keys;
    },
    ref: () => terminal.ref(),
    unref: () => terminal.unref(),
  };
  return Object.assign(keys, ttyMethods) as unknown as ReadStream;
};
