import { splitGraphemes } from '../../util/graphemes.ts';
import { glyphs } from '../text/glyphs.ts';
import widthOf from '../text/width.ts';
import { type Color, type Role, type Style, type ThemeName, themes } from './themes.ts';

export type { Role } from './themes.ts';

/** Styles text, and converts lines to the character set of the terminal. */
export type Theme = {
  paint: (role: Role, text: string) => string;
  /** Converts a composed line to ASCII, if the terminal needs it. */
  encode: (line: string) => string;
};

export type ThemeOptions = {
  color: boolean;
  ascii?: boolean;
  name?: ThemeName;
  /** Whether to write no escape sequences, for output that is not a terminal and for dumb terminals. */
  plain?: boolean;
};

/** Creates a theme. Without color (NO_COLOR), bold, inverse and the other attributes remain. */
export const createTheme = ({ color, ascii = false, name = 'terminal', plain }: ThemeOptions): Theme => {
  const encode = ascii ? toAscii : (line: string) => line;
  if (plain) return { encode, paint: (_, text) => text };
  const codes = Object.fromEntries(
    Object.entries(themes[name].styles).map(([role, style]) => [role, sgr(style, color)]),
  ) as Record<Role, Codes>;
  return {
    encode,
    paint: (role, text) => {
      const { on, off } = codes[role];
      return text === '' ? text : on + text + off;
    },
  };
};

/** Returns whether to use color. NO_COLOR (https://no-color.org) and TERM=dumb disable it, FORCE_COLOR enables it. */
export const allowsColor = (env: NodeJS.ProcessEnv): boolean =>
  env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : !env.NO_COLOR && env.TERM !== 'dumb';

type Codes = { on: string; off: string };

/** The SGR parameters (ECMA-48) that turn an attribute on and off. */
const attributes: readonly (readonly [keyof Omit<Style, 'color'>, on: string, off: string])[] = [
  ['bold', '1', '22'],
  ['dim', '2', '22'],
  ['underline', '4', '24'],
  ['inverse', '7', '27'],
  ['strike', '9', '29'],
];

const sgr = (style: Style, color: boolean): Codes => {
  const active = attributes.filter(([attribute]) => style[attribute]);
  const on = active.map(([, code]) => code);
  const off = active.map(([, , code]) => code);
  if (color && style.color !== undefined) {
    on.push(foreground(style.color));
    off.push('39');
  }
  return { on: sequence(on), off: sequence(off) };
};

const sequence = (codes: readonly string[]): string => (codes.length === 0 ? '' : `\x1b[${codes.join(';')}m`);

const foreground = (color: Color): string => {
  if (typeof color === 'number') return color < 8 ? String(30 + color) : String(82 + color);
  return `38;2;${[1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)).join(';')}`;
};

/** A text and its style. */
export type Painted = { text: string; role: Role };

/** Paints cells in runs of the same role, because one escape sequence per cell would make up most of the frame. */
export const paintRuns = (cells: readonly Painted[], { paint }: Theme): string => {
  let line = '';
  let run = '';
  let runRole: Role = 'value';
  for (let at = 0; at < cells.length; ) {
    const { text, role } = cells[at] as Painted;
    if (role !== runRole) {
      line += paint(runRole, run);
      run = '';
      runRole = role;
    }
    let end = at + 1;
    while (cells[end]?.text === text && cells[end]?.role === role) end++;
    run += text.repeat(end - at);
    at = end;
  }
  return line + paint(runRole, run);
};

/** Converts a line to ASCII of the same width. Other characters become a `?` for each cell. */
export const toAscii = (line: string): string =>
  line
    .replaceAll('≤ ', '<=')
    .replaceAll('≥ ', '>=')
    .replaceAll(/[^\x00-\x7f]+/g, (run) =>
      Array.from(splitGraphemes(run), ({ segment }) => glyphs[segment] ?? '?'.repeat(widthOf(segment))).join(
        '',
      ),
    );

/** Returns whether the locale is not UTF-8. The first variable that is set decides, see locale(7). */
export const needsAscii = ({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean =>
  !/utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
