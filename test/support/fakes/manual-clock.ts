/** A clock that moves only when told to. Starts at ten seconds, where the fake kernel's ticks are. */
export const createManualClock = (startMs = 10_000) => {
  let ns = BigInt(startMs) * 1_000_000n;
  return {
    now: () => ns,
    ms: () => Number(ns) / 1e6,
    advance: (ms: number) => {
      ns += BigInt(Math.round(ms * 1e6));
    },
  };
};

export type ManualClock = ReturnType<typeof createManualClock>;
