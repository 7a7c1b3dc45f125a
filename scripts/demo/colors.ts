type Rgb = readonly [red: number, green: number, blue: number];

const baseColors: readonly Rgb[] = [
  [40, 44, 52],
  [224, 108, 117],
  [152, 195, 121],
  [229, 192, 123],
  [97, 175, 239],
  [198, 120, 221],
  [86, 182, 194],
  [200, 204, 212],
  [112, 120, 134],
  [240, 130, 138],
  [170, 214, 140],
  [240, 208, 145],
  [120, 190, 250],
  [212, 140, 232],
  [105, 200, 212],
  [240, 242, 246],
];

/** The default colors of the demo. */
export const defaultForeground: Rgb = [200, 204, 212];
export const defaultBackground: Rgb = [24, 26, 32];

/** Returns a color of the 256-color palette of xterm: 16 colors of the demo, the 6×6×6 cube, 24 grays. */
export const paletteColor = (index: number): Rgb => {
  if (index < 16) return baseColors[index] ?? defaultForeground;
  if (index >= 232) {
    const gray = 8 + (index - 232) * 10;
    return [gray, gray, gray];
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
};

/** The style of a cell, as @xterm/headless returns it. */
export type CellStyle = {
  getFgColor(): number;
  getBgColor(): number;
  isFgRGB(): boolean;
  isBgRGB(): boolean;
  isFgDefault(): boolean;
  isBgDefault(): boolean;
  isInverse(): number;
  isDim(): number;
};

const rgbColor = (value: number): Rgb => [(value >> 16) & 255, (value >> 8) & 255, value & 255];

const mix = (a: Rgb, b: Rgb): Rgb => [
  Math.round((a[0] + b[0]) / 2),
  Math.round((a[1] + b[1]) / 2),
  Math.round((a[2] + b[2]) / 2),
];

/** Returns the foreground and background that a terminal draws. */
export const cellColors = (cell: CellStyle): { foreground: Rgb; background: Rgb } => {
  const foreground = cell.isFgDefault()
    ? defaultForeground
    : cell.isFgRGB()
      ? rgbColor(cell.getFgColor())
      : paletteColor(cell.getFgColor());
  const background = cell.isBgDefault()
    ? defaultBackground
    : cell.isBgRGB()
      ? rgbColor(cell.getBgColor())
      : paletteColor(cell.getBgColor());
  const [text, ground] = cell.isInverse() ? [background, foreground] : [foreground, background];
  return { foreground: cell.isDim() ? mix(text, ground) : text, background: ground };
};

/** Formats a color for CSS. */
export const css = ([red, green, blue]: Rgb) => `rgb(${red},${green},${blue})`;
