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
export type Colour = number | `#${string}`;

export type Style = {
  colour?: Colour;
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
  live: { bold: true, colour: green },
  paused: { bold: true, inverse: true, colour: yellow },
  spawn: { colour: green },
  exit: { colour: red },
  exec: { colour: cyan },
  zombie: { colour: magenta },
  gap: { colour: yellow },
  ended: { dim: true, strike: true },
  chosen: { inverse: true },
  focused: { bold: true, colour: cyan },
  error: { bold: true, colour: red },
  // Underlined, as by a caret: it must show where there are no colours.
  mistake: { bold: true, underline: true, colour: red },
  key: { bold: true },
};

/** Nothing is dimmed, and what is coloured is bright and bold: for glare, projectors and tired eyes. */
const highContrast: Readonly<Record<Role, Style>> = {
  ...terminal,
  label: {},
  dim: {},
  live: { bold: true, colour: bright + green },
  paused: { bold: true, inverse: true },
  spawn: { bold: true, colour: bright + green },
  exit: { bold: true, colour: bright + red },
  exec: { bold: true, colour: bright + cyan },
  zombie: { bold: true, colour: bright + magenta },
  gap: { bold: true, colour: bright + yellow },
  ended: { strike: true },
  chosen: { bold: true, inverse: true },
  focused: { bold: true, underline: true },
  error: { bold: true, inverse: true },
  mistake: { bold: true, inverse: true },
  key: { bold: true, underline: true },
};

type Hues = Record<'spawn' | 'exit' | 'exec' | 'zombie' | 'gap' | 'error', Colour>;

const withHues = ({ spawn, exit, exec, zombie, gap, error }: Hues): Readonly<Record<Role, Style>> => ({
  ...terminal,
  live: { bold: true, colour: spawn },
  paused: { bold: true, inverse: true, colour: gap },
  spawn: { colour: spawn },
  exit: { colour: exit },
  exec: { colour: exec },
  zombie: { colour: zombie },
  gap: { colour: gap },
  focused: { bold: true, colour: exec },
  error: { bold: true, colour: error },
  mistake: { bold: true, underline: true, colour: error },
});

/** Okabe and Ito, Color Universal Design (2008): told apart with any colour vision, and no green beside red. */
const colourBlind = withHues({
  spawn: '#56b4e9',
  exit: '#e69f00',
  exec: '#009e73',
  zombie: '#cc79a7',
  gap: '#f0e442',
  error: '#d55e00',
});

/** Even in lightness, for terminals whose own 16 are hard to read. */
const trueColour = withHues({
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
  'colour-blind': { what: 'safe with any colour vision, 24 bit', styles: colourBlind },
  'true-colour': { what: '24 bit', styles: trueColour },
} as const satisfies Record<string, { what: string; styles: Readonly<Record<Role, Style>> }>;

export type ThemeName = keyof typeof themes;
export const themeNames = Object.keys(themes) as ThemeName[];
