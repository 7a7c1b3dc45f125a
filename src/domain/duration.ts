const unitNs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  // The micro sign and the Greek letter: keyboards have either.
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

/** Units as they are typed, smallest first. */
export const durationUnits: readonly string[] = Object.keys(unitNs).filter((unit) => /^[a-z]+$/.test(unit));

/** Nanoseconds of `250us`, `0.5ms`, `5s`, `2h`; exact, parts of a nanosecond are dropped. Undefined if it is no time. */
export const readDuration = (text: string): bigint | undefined => {
  const [, whole, parts = '', unit] = /^(\d+)(?:\.(\d+))?(ns|[u\u00b5\u03bc]s|ms|s|m|h|d)$/.exec(text) ?? [];
  if (whole === undefined || unit === undefined) return undefined;
  const scale = 10n ** BigInt(parts.length);
  return (BigInt(whole + parts) * (unitNs[unit] as bigint)) / scale;
};
