import { splitGraphemes } from '../../util/text.ts';
import { glyphs } from '../text/glyphs.ts';
import widthOf from '../text/width.ts';
import { type Color, type Role, type Style, type ThemeName, themes } from './themes.ts';

export type { Role } from './themes.ts';

export type Theme = {
  paint: (role: Role, text: string) => string;
  /** A composed line in the characters of the terminal. */
  encode: (line: string) => string;
};

export type ThemeOptions = {
  color: boolean;
  ascii?: boolean;
  name?: ThemeName;
  /** Text only: for what is no terminal, and for one that understands nothing else. */
  plain?: boolean;
};

/** Without colours (NO_COLOR) weight, inversion and strike-out stay. */
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

/** https://no-color.org, and FORCE_COLOR for its opposite. */
export const wantsColor = (env: NodeJS.ProcessEnv): boolean =>
  env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : !env.NO_COLOR && env.TERM !== 'dumb';

type Codes = { on: string; off: string };

/** SGR parameters, on and off (ECMA-48). */
const attributes: readonly (readonly [keyof Omit<Style, 'color'>, on: string, off: string])[] = [
  ['bold', '1', '22'],
  ['dim', '2', '22'],
  ['underline', '4', '24'],
  ['inverse', '7', '27'],
  ['strike', '9', '29'],
];

const sgr = (style: Style, color: boolean): Codes => {
  const worn = attributes.filter(([weight]) => style[weight]);
  const on = worn.map(([, code]) => code);
  const off = worn.map(([, , code]) => code);
  if (color && style.color !== undefined) {
    on.push(foreground(style.color));
    off.push('39');
  }
  return { on: sequence(on), off: sequence(off) };
};

const sequence = (codes: readonly string[]): string => (codes.length === 0 ? '' : `\x1b[${codes.join(';')}m`);

const foreground = (colour: Color): string => {
  if (typeof colour === 'number') return colour < 8 ? String(30 + colour) : String(82 + colour);
  return `38;2;${[1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(';')}`;
};

export type Painted = { text: string; role: Role };

/** Cells of the same look are painted at once: a colour code a cell would be most of the frame. */
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

/** A composed line in ASCII, as wide as before; what has no likeness is a `?` a cell. */
export const toAscii = (line: string): string =>
  line
    .replaceAll('≤ ', '<=')
    .replaceAll('≥ ', '>=')
    .replaceAll(/[^\x00-\x7f]+/g, (run) =>
      Array.from(splitGraphemes(run), ({ segment }) => glyphs[segment] ?? '?'.repeat(widthOf(segment))).join(
        '',
      ),
    );

/** Whether the locale's characters are not UTF-8: the first of these that is set says so (locale(7)). */
export const wantsAscii = ({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean =>
  !/utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
