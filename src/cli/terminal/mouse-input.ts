import type { WriteStream } from 'node:tty';
import type { Action } from '../../store/actions/action.ts';
import type { CellPosition } from '../../store/actions/geometry.ts';
import type { MouseReport } from './input-sequences.ts';

// xterm: mode 1000 reports buttons and the wheel, mode 1006 encodes positions without an upper limit.
const enableSequence = '\x1b[?1000h\x1b[?1006h';
const disableSequence = '\x1b[?1006l\x1b[?1000l';

/** Mouse reporting of a terminal. It ends when the process exits. */
export class MouseReporting {
  readonly #output: WriteStream;
  #enabled = false;

  constructor(output: WriteStream) {
    this.#output = output;
    process.on('exit', () => this.disable());
  }

  enable(): void {
    this.#output.write(enableSequence);
    this.#enabled = true;
  }

  disable(): void {
    if (this.#enabled) this.#output.write(disableSequence);
    this.#enabled = false;
  }
}

const wheelRows = 3;

/** Actions by button number. With Shift, Alt or Ctrl a button has another number, which is ignored. */
const buttonActions: Readonly<Record<number, (at: CellPosition) => Action>> = {
  0: (at) => ({ type: 'press', at }),
  64: (at) => ({ type: 'wheel', at, rows: -wheelRows }),
  65: (at) => ({ type: 'wheel', at, rows: wheelRows }),
};

/** Returns the action of a mouse report. Undefined for a release, another button and motion. */
export const mouseAction = ({ button, column, row, released }: MouseReport): Action | undefined =>
  released ? undefined : buttonActions[button]?.({ column, row });
