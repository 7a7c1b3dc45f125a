type Rgb = readonly [red: number, green: number, blue: number];

const base: readonly Rgb[] = [
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

export const ink: Rgb = [200, 204, 212];
export const paper: Rgb = [24, 26, 32];

/** Colour of xterm's 256-colour palette: 16 of our own, the 6×6×6 cube, 24 greys. */
export const ofPalette = (index: number): Rgb => {
  if (index < 16) return base[index] ?? ink;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
};

/** What @xterm/headless tells of a cell's looks. */
export type Looks = {
  getFgColor(): number;
  getBgColor(): number;
  isFgRGB(): boolean;
  isBgRGB(): boolean;
  isFgDefault(): boolean;
  isBgDefault(): boolean;
  isInverse(): number;
  isDim(): number;
};

const ofRgb = (value: number): Rgb => [(value >> 16) & 255, (value >> 8) & 255, value & 255];

const mix = (one: Rgb, other: Rgb): Rgb => [
  Math.round((one[0] + other[0]) / 2),
  Math.round((one[1] + other[1]) / 2),
  Math.round((one[2] + other[2]) / 2),
];

/** Fore- and background a terminal would give the cell. */
export const coloursOf = (cell: Looks): { front: Rgb; back: Rgb } => {
  const front = cell.isFgDefault()
    ? ink
    : cell.isFgRGB()
      ? ofRgb(cell.getFgColor())
      : ofPalette(cell.getFgColor());
  const back = cell.isBgDefault()
    ? paper
    : cell.isBgRGB()
      ? ofRgb(cell.getBgColor())
      : ofPalette(cell.getBgColor());
  const [over, under] = cell.isInverse() ? [back, front] : [front, back];
  return { front: cell.isDim() ? mix(over, under) : over, back: under };
};

export const css = ([red, green, blue]: Rgb) => `rgb(${red},${green},${blue})`;
