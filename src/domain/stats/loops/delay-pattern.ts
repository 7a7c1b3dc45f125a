/** How the delays of a streak change. */
export type DelayTrend = 'constant' | 'growing' | 'shrinking';

/** The pattern of the last delays. */
export type DelayPattern = {
  trend: DelayTrend;
  /** Number of delays in the pattern, counted from the last one. */
  length: number;
};

/** Maximum number of delays that are compared: those between the last eight runs. */
export const maxDelays = 7;
/** Minimum number of delays in a pattern. */
export const minDelays = 4;

/**
 * Limits of the ratio between the longest and the shortest delay, by number of delays. Few delays must agree closely;
 * seven may differ by ±20 %. docs/design/restart-loops.md has the measured false alarms of each limit.
 */
const constantLimits: readonly number[] = [0, 0, 0, 0, 1.02, 1.06, 1.15, 1.5];
const loosestLimit = Math.max(...constantLimits);
/**
 * The same for the delays divided by the best-fitting line. A line has one more parameter, so random delays fit it more
 * often.
 */
const lineLimits: readonly number[] = [0, 0, 0, 0, 0, 1.02, 1.06, 1.2];

/** Maximum ratio of a delay to the one before. Programs that back off at most triple their delay. */
const maxGrowth = 3.2;
/** Minimum ratio of seven delays that back off; it is less than 1 because measurements vary. */
const minGrowth = 0.97;
/** Minimum ratio if each delay is clearly longer than the one before. */
const minClearGrowth = 1.3;
/** Minimum ratio of each delay to the one before, if all of them differ little. */
const minSlowGrowth = 1.005;
/** Factor by which growth may exceed the growth before it. Delays that back off double, or grow less and less. */
const growthTolerances: readonly number[] = [0, 0, 0, 0, 0, 0, 1.05, 1.1];

/** Factor by which delays with a trend may go against it. */
const directionTolerance = 1.25;

/** Share of the relative uncertainty by which a limit is raised. */
const uncertaintyShare = 0.5;
const maxUncertainty = 0.1;

/**
 * Finds the pattern of the last delays, in ns: constant, growing or shrinking. Returns undefined if they may be random.
 * `uncertaintyNs` is the accuracy of a delay.
 */
export const findDelayPattern = (
  delays: readonly number[],
  uncertaintyNs: number,
): DelayPattern | undefined => {
  if (delays.length < minDelays) return undefined;
  const slack = 1 + uncertaintyShare * Math.min(maxUncertainty, uncertaintyNs / meanOf(delays));
  const hasDirection = isDirected(delays.slice(-minDelays - 1));
  // Most delays are random, so they are rejected early.
  if (!hasDirection && spreadOf(delays.slice(-minDelays)) > loosestLimit * slack) return undefined;
  for (let length = Math.min(maxDelays, delays.length); length >= minDelays; length--) {
    const last = delays.slice(-length);
    const spread = spreadOf(last);
    if (spread <= (constantLimits[length] as number) * slack) return { trend: slowTrendOf(last), length };
    if (!hasDirection || spread === Number.POSITIVE_INFINITY) continue;
    if (isGrowing(last) || spreadAroundLine(last) <= (lineLimits[length] as number) * slack)
      return { trend: (last.at(-1) as number) > (last[0] as number) ? 'growing' : 'shrinking', length };
  }
  return undefined;
};

/** Returns the trend of delays that are about constant: each may be a little longer than the one before, or shorter. */
const slowTrendOf = (delays: readonly number[]): DelayTrend => {
  if (delays.length <= minDelays) return 'constant';
  const growths = delays.slice(1).map((delay, index) => delay / (delays[index] as number));
  if (growths.every((growth) => growth >= minSlowGrowth)) return 'growing';
  return growths.every((growth) => growth <= 1 / minSlowGrowth) ? 'shrinking' : 'constant';
};

export const meanOf = (values: readonly number[]): number => {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] as number;
  return sum / values.length;
};

/** Returns the ratio of the largest and the smallest value; infinite if one of them is not positive. */
export const spreadOf = (values: readonly number[]): number => {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  return smallest > 0 ? largest / smallest : Number.POSITIVE_INFINITY;
};

/** Returns whether each delay is at least about as long as the one before, or at most. All patterns with a trend are. */
const isDirected = (delays: readonly number[]): boolean => {
  let canGrow = true;
  let canShrink = true;
  for (let index = 1; index < delays.length && (canGrow || canShrink); index++) {
    const growth = (delays[index] as number) / (delays[index - 1] as number);
    canGrow &&= growth >= 1 / directionTolerance && growth <= maxGrowth * directionTolerance;
    canShrink &&= growth <= directionTolerance;
  }
  return canGrow || canShrink;
};

/** Returns whether the delays back off: each is longer than the one before, by a factor that does not grow. */
const isGrowing = (delays: readonly number[]): boolean => {
  const tolerance = growthTolerances[delays.length] as number;
  if (tolerance === 0) return false;
  let isClear = true;
  let isSlowing = true;
  let slowest = maxGrowth;
  for (let index = 1; index < delays.length; index++) {
    const growth = (delays[index] as number) / (delays[index - 1] as number);
    if (growth < minGrowth || growth > maxGrowth) return false;
    if (growth < minClearGrowth) isClear = false;
    if (growth > slowest * tolerance) isSlowing = false;
    slowest = Math.min(slowest, growth);
  }
  return delays.length === maxDelays ? isClear || isSlowing : isClear && isSlowing;
};

/** Returns the spread of positive values around the line that fits best: of the values, or of their logarithms. */
const spreadAroundLine = (values: readonly number[]): number => {
  const logs = values.map(Math.log);
  const logLine = fitLine(logs);
  const spread = spreadOf(logs.map((log, index) => Math.exp(log - logLine(index))));
  if (values.length < 6) return spread;
  const line = fitLine(values);
  return Math.min(spread, spreadOf(values.map((value, index) => line(index) / value)));
};

/** Fits a line by least squares. Returns its value at an index. */
const fitLine = (values: readonly number[]): ((index: number) => number) => {
  const middle = (values.length - 1) / 2;
  let covariance = 0;
  let variance = 0;
  for (let index = 0; index < values.length; index++) {
    covariance += (index - middle) * (values[index] as number);
    variance += (index - middle) ** 2;
  }
  const mean = meanOf(values);
  return (index) => mean + ((index - middle) * covariance) / variance;
};
