/** A measured figure, and the goal. `limit`: the greatest value that meets it; absent for a figure without one. */
export type Figure = { what: string; value: number | undefined; unit: Unit; limit?: number };

type Unit = keyof typeof formats;

const formats = {
  share: (value: number) => `${(value * 100).toFixed(1)} %`,
  memory: (value: number) => `${value.toFixed(0)} MB`,
  seconds: (value: number) => `${value.toFixed(1)} s`,
  milliseconds: (value: number) => `${value.toFixed(1)} ms`,
  kilobytes: (value: number) => `${value.toFixed(0)} kB`,
  microseconds: (value: number) => `${value.toFixed(1)} µs`,
  count: (value: number) => value.toLocaleString('en-US'),
};

const goalText = ({ limit, unit }: Figure): string => {
  if (limit === undefined) return '';
  return limit === 0 ? '0' : `≤ ${formats[unit](limit).replace('.0', '')}`;
};

const metText = ({ value, limit }: Figure): string => {
  if (limit === undefined) return '';
  return value !== undefined && value <= limit ? 'yes' : '**no**';
};

/** Returns the cells of a row: what, wanted, measured, met. */
export const rowOf = (figure: Figure): string[] => [
  figure.what,
  goalText(figure),
  figure.value === undefined ? 'not within the limit' : formats[figure.unit](figure.value),
  metText(figure),
];

const figureIn =
  (unit: Unit) =>
  (what: string, value: number | undefined, limit?: number): Figure => ({
    what,
    value,
    unit,
    ...(limit !== undefined && { limit }),
  });

export const share = figureIn('share');
export const memory = figureIn('memory');
export const count = figureIn('count');
export const milliseconds = figureIn('milliseconds');
export const kilobytes = figureIn('kilobytes');

/** `ms` is undefined if it took too long to wait for. */
export const seconds = (what: string, ms: number | undefined, limit?: number): Figure =>
  figureIn('seconds')(what, ms === undefined ? undefined : ms / 1_000, limit);

/** `cpuSeconds`: CPU time of one event. */
export const perEvent = (what: string, cpuSeconds: number): Figure =>
  figureIn('microseconds')(what, cpuSeconds * 1e6);
