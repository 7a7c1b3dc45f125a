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

/** One of the terminal's 16, or `#rrggbb`. */
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

/** The terminal's own colours, so that the user's palette rules. No meaning is carried by hue alone. */
const terminal: Readonly<Record<Role, Style>> = {
  title: { bold: true },
  label: { dim: true },
  value: {},
  dim: { dim: true },
  live: { bold: true, color: green },
  paused: { bold: true, inverse: true, color: yellow },
  spawn: { color: green },
  exit: { color: red },
  exec: { color: cyan },
  zombie: { color: magenta },
  gap: { color: yellow },
  ended: { dim: true, strike: true },
  chosen: { inverse: true },
  focused: { bold: true, color: cyan },
  error: { bold: true, color: red },
  // Underlined, as by a caret: it must show where there are no colours.
  mistake: { bold: true, underline: true, color: red },
  key: { bold: true },
};

/** Nothing is dimmed, and what is coloured is bright and bold: for glare, projectors and tired eyes. */
const highContrast: Readonly<Record<Role, Style>> = {
  ...terminal,
  label: {},
  dim: {},
  live: { bold: true, color: bright + green },
  paused: { bold: true, inverse: true },
  spawn: { bold: true, color: bright + green },
  exit: { bold: true, color: bright + red },
  exec: { bold: true, color: bright + cyan },
  zombie: { bold: true, color: bright + magenta },
  gap: { bold: true, color: bright + yellow },
  ended: { strike: true },
  chosen: { bold: true, inverse: true },
  focused: { bold: true, underline: true },
  error: { bold: true, inverse: true },
  mistake: { bold: true, inverse: true },
  key: { bold: true, underline: true },
};

type Hues = Record<'spawn' | 'exit' | 'exec' | 'zombie' | 'gap' | 'error', Color>;

const withHues = ({ spawn, exit, exec, zombie, gap, error }: Hues): Readonly<Record<Role, Style>> => ({
  ...terminal,
  live: { bold: true, color: spawn },
  paused: { bold: true, inverse: true, color: gap },
  spawn: { color: spawn },
  exit: { color: exit },
  exec: { color: exec },
  zombie: { color: zombie },
  gap: { color: gap },
  focused: { bold: true, color: exec },
  error: { bold: true, color: error },
  mistake: { bold: true, underline: true, color: error },
});

/** Okabe and Ito, Color Universal Design (2008): told apart with any colour vision, and no green beside red. */
const colorBlind = withHues({
  spawn: '#56b4e9',
  exit: '#e69f00',
  exec: '#009e73',
  zombie: '#cc79a7',
  gap: '#f0e442',
  error: '#d55e00',
});

/** Even in lightness, for terminals whose own 16 are hard to read. */
const trueColor = withHues({
  spawn: '#7ec699',
  exit: '#f0737f',
  exec: '#6cb6ff',
  zombie: '#d2a8ff',
  gap: '#e5c07b',
  error: '#ff5c5c',
});

/** Every theme there is; flag, help and completions are drawn from this table. */
export const themes = {
  terminal: { what: "the terminal's own 16 colours", styles: terminal },
  'high-contrast': { what: 'nothing dim', styles: highContrast },
  'colour-blind': { what: 'safe with any colour vision, 24 bit', styles: colorBlind },
  'true-colour': { what: '24 bit', styles: trueColor },
} as const satisfies Record<string, { what: string; styles: Readonly<Record<Role, Style>> }>;

export type ThemeName = keyof typeof themes;
export const themeNames = Object.keys(themes) as ThemeName[];
