/** One clock in two units: the sampler paces itself in doubles and dates what it saw exactly. */
export type Clock = {
  /** CLOCK_MONOTONIC, ns, for what leaves the engine. */
  now(): bigint;
  /** Milliseconds with fractions since any fixed moment: costs nothing on the quiet path. */
  ms(): number;
};

const nsPerMs = 1e6;

/** A span of the pacing clock as whole nanoseconds, never cut short: an uncertainty may be wide but not too narrow. */
export const toNs = (ms: number): bigint => BigInt(Math.max(0, Math.ceil(ms * nsPerMs)));
export const toMs = (ns: bigint): number => Number(ns) / nsPerMs;
