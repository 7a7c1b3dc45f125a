/** The meaning of a text, which a theme maps to a style. */
export type Role =
  | 'title'
  | 'label'
  | 'value'
  | 'dim'
  | 'live'
  | 'paused'
  | 'spawn'
  /** An exit that is not a failure. */
  | 'exit'
  /** An exit with a code other than 0, or by a signal. */
  | 'failure'
  | 'exec'
  | 'zombie'
  | 'gap'
  | 'exited'
  | 'selected'
  | 'focused'
  | 'error'
  | 'syntaxError'
  | 'found'
  | 'key';

/** One of the terminal's 16 colors, or `#rrggbb`. */
export type Color = number | `#${string}`;

export type Style = {
  color?: Color;
  bold?: true;
  dim?: true;
  underline?: true;
  inverse?: true;
  strike?: true;
};

const [red, green, yellow, magenta, cyan] = [1, 2, 3, 5, 6];
const bright = 8;

/** Styles with the terminal's own colors, so that the user's palette applies. No meaning depends on color alone. */
const terminal: Readonly<Record<Role, Style>> = {
  title: { bold: true },
  label: { dim: true },
  value: {},
  dim: { dim: true },
  live: { bold: true, color: green },
  paused: { bold: true, inverse: true, color: yellow },
  spawn: { color: green },
  exit: {},
  failure: { bold: true, color: red },
  exec: { color: cyan },
  zombie: { color: magenta },
  gap: { color: yellow },
  exited: { dim: true, strike: true },
  selected: { inverse: true },
  focused: { bold: true, color: cyan },
  error: { bold: true, color: red },
  // Underlined, because it must be visible without color.
  syntaxError: { bold: true, underline: true, color: red },
  // An attribute that the other styles of a row do not use, because it is painted within them.
  found: { inverse: true },
  key: { bold: true },
};

/** Styles with bold and bright colors, and without dim text. */
const highContrast: Readonly<Record<Role, Style>> = {
  ...terminal,
  label: {},
  dim: {},
  live: { bold: true, color: bright + green },
  paused: { bold: true, inverse: true },
  spawn: { bold: true, color: bright + green },
  exit: {},
  failure: { bold: true, color: bright + red },
  exec: { bold: true, color: bright + cyan },
  zombie: { bold: true, color: bright + magenta },
  gap: { bold: true, color: bright + yellow },
  exited: { strike: true },
  selected: { bold: true, inverse: true },
  focused: { bold: true, underline: true },
  error: { bold: true, inverse: true },
  syntaxError: { bold: true, inverse: true },
  key: { bold: true, underline: true },
};

type Hues = Record<'spawn' | 'failure' | 'exec' | 'zombie' | 'gap' | 'error', Color>;

const withHues = ({ spawn, failure, exec, zombie, gap, error }: Hues): Readonly<Record<Role, Style>> => ({
  ...terminal,
  live: { bold: true, color: spawn },
  paused: { bold: true, inverse: true, color: gap },
  spawn: { color: spawn },
  failure: { bold: true, color: failure },
  exec: { color: exec },
  zombie: { color: zombie },
  gap: { color: gap },
  focused: { bold: true, color: exec },
  error: { bold: true, color: error },
  syntaxError: { bold: true, underline: true, color: error },
});

/** Okabe and Ito, Color Universal Design (2008): distinguishable with any color vision. */
const colorBlind = withHues({
  spawn: '#56b4e9',
  failure: '#d55e00',
  exec: '#009e73',
  zombie: '#cc79a7',
  gap: '#f0e442',
  error: '#d55e00',
});

/** Colors of equal lightness, for terminals whose own 16 colors are hard to read. */
const trueColor = withHues({
  spawn: '#7ec699',
  failure: '#f0737f',
  exec: '#6cb6ff',
  zombie: '#d2a8ff',
  gap: '#e5c07b',
  error: '#ff5c5c',
});

/** The hues of `colorBlind`, darker, for light backgrounds. */
const light = withHues({
  spawn: '#0060a0',
  failure: '#b02a00',
  exec: '#00674c',
  zombie: '#94346e',
  gap: '#7a5c00',
  error: '#b02a00',
});

/** All themes. Flag, help and completions are generated from this table. */
export const themes = {
  terminal: { description: "the terminal's own 16 colors", styles: terminal },
  'high-contrast': { description: 'no dim text', styles: highContrast },
  'color-blind': { description: 'safe with any color vision, 24 bit', styles: colorBlind },
  light: { description: 'for light backgrounds, safe with any color vision, 24 bit', styles: light },
  'true-color': { description: '24 bit', styles: trueColor },
} as const satisfies Record<string, { description: string; styles: Readonly<Record<Role, Style>> }>;

export type ThemeName = keyof typeof themes;
export const themeNames = Object.keys(themes) as ThemeName[];
