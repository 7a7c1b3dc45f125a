import { inAscii } from './ascii.ts';

/** What a piece of text is, not how it looks. */
export type Role =
  | 'title'
  | 'label'
  | 'value'
  | 'dim'
  | 'live'
  | 'paused'
  | 'spawn'
  | 'exit'
  | 'exec'
  | 'zombie'
  | 'gap'
  | 'ended'
  | 'chosen'
  | 'focused'
  | 'error'
  | 'mistake'
  | 'key';

/** SGR parameters, on and off. */
type Style = readonly [on: string, off: string];

const plain: Style = ['', ''];
const bold: Style = ['1', '22'];
const dim: Style = ['2', '22'];
const inverse: Style = ['7', '27'];
const colour = (code: number): Style => [String(code), '39'];
const boldColour = (code: number): Style => [`1;${code}`, '22;39'];

/** The terminal's own 16 colours, so that the user's palette rules. No meaning is carried by hue alone. */
const ansi: Readonly<Record<Role, Style>> = {
  title: bold,
  label: dim,
  value: plain,
  dim,
  live: boldColour(32),
  paused: ['1;7;33', '22;27;39'],
  spawn: colour(32),
  exit: colour(31),
  exec: colour(36),
  zombie: colour(35),
  gap: colour(33),
  ended: ['2;9', '22;29'],
  chosen: inverse,
  focused: boldColour(36),
  error: boldColour(31),
  // Underlined, as by a caret: it must show where there are no colours.
  mistake: ['1;4;31', '22;24;39'],
  key: bold,
};

/** Foreground colours, and the way back from them. */
const isColour = (code: string) => /^3\d$/.test(code);

const sgr = (codes: string, colours: boolean): string => {
  const kept = colours
    ? codes
    : codes
        .split(';')
        .filter((code) => !isColour(code))
        .join(';');
  return kept === '' ? '' : `\x1b[${kept}m`;
};

export type Theme = {
  paint: (role: Role, text: string) => string;
  /** A composed line in the characters of the terminal. */
  write: (line: string) => string;
};

/** Without colours (NO_COLOR) weight, inversion and strike-out stay. */
export const createTheme = (colours: boolean, ascii = false): Theme => ({
  write: ascii ? inAscii : (line) => line,
  paint: (role, text) => {
    const [on, off] = ansi[role];
    return text === '' ? text : sgr(on, colours) + text + sgr(off, colours);
  },
});

/** https://no-color.org, and FORCE_COLOR for its opposite. */
export const wantsColours = (env: NodeJS.ProcessEnv): boolean =>
  env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : !env.NO_COLOR && env.TERM !== 'dumb';
