import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Action } from '../../store/actions/action.ts';

// xterm: mode 1000 reports buttons and the wheel, mode 1006 encodes positions without an upper limit.
const enableSequence = '\x1b[?1000h\x1b[?1006h';
const disableSequence = '\x1b[?1006l\x1b[?1000l';

/** Mouse reporting of a terminal. */
export type MouseReporting = { disable: () => void; enable: () => void };

/** Enables mouse reporting until the process exits. Disable it while the process is stopped. */
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

/** Splits input into mouse actions, keys, and `rest`: a possible start of a mouse report. */
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

/** Actions by button number. With Shift, Alt or Ctrl a button has another number, which is ignored. */
const buttonActions: Readonly<Record<string, (at: { column: number; row: number }) => Action>> = {
  0: (at) => ({ type: 'press', at }),
  64: (at) => ({ type: 'wheel', at, rows: -wheelRows }),
  65: (at) => ({ type: 'wheel', at, rows: wheelRows }),
};

/** Returns the keys of a terminal as a stream for Ink, and dispatches mouse input. Ink discards mouse reports. */
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
