import { inAscii } from './ascii.ts';
import { type Colour, type Role, type Style, type ThemeName, themes } from './themes.ts';

export type { Role } from './themes.ts';

export type Theme = {
  paint: (role: Role, text: string) => string;
  /** A composed line in the characters of the terminal. */
  write: (line: string) => string;
};

export type ThemeOptions = {
  colours: boolean;
  ascii?: boolean;
  name?: ThemeName;
  /** Text only: for what is no terminal, and for one that understands nothing else. */
  plain?: boolean;
};

/** Without colours (NO_COLOR) weight, inversion and strike-out stay. */
export const createTheme = ({ colours, ascii = false, name = 'terminal', plain }: ThemeOptions): Theme => {
  const write = ascii ? inAscii : (line: string) => line;
  if (plain) return { write, paint: (_, text) => text };
  const codes = Object.fromEntries(
    Object.entries(themes[name].styles).map(([role, style]) => [role, sgr(style, colours)]),
  ) as Record<Role, Codes>;
  return {
    write,
    paint: (role, text) => {
      const { on, off } = codes[role];
      return text === '' ? text : on + text + off;
    },
  };
};

/** https://no-color.org, and FORCE_COLOR for its opposite. */
export const wantsColours = (env: NodeJS.ProcessEnv): boolean =>
  env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : !env.NO_COLOR && env.TERM !== 'dumb';

type Codes = { on: string; off: string };

/** SGR parameters, on and off (ECMA-48). */
const weights: readonly (readonly [keyof Omit<Style, 'colour'>, on: string, off: string])[] = [
  ['bold', '1', '22'],
  ['dim', '2', '22'],
  ['underline', '4', '24'],
  ['inverse', '7', '27'],
  ['strike', '9', '29'],
];

const sgr = (style: Style, colours: boolean): Codes => {
  const worn = weights.filter(([weight]) => style[weight]);
  const on = worn.map(([, code]) => code);
  const off = worn.map(([, , code]) => code);
  if (colours && style.colour !== undefined) {
    on.push(foreground(style.colour));
    off.push('39');
  }
  return { on: sequence(on), off: sequence(off) };
};

const sequence = (codes: readonly string[]): string => (codes.length === 0 ? '' : `\x1b[${codes.join(';')}m`);

const foreground = (colour: Colour): string => {
  if (typeof colour === 'number') return colour < 8 ? String(30 + colour) : String(82 + colour);
  return `38;2;${[1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(';')}`;
};
