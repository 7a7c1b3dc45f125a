/** Creates a clock that only `advance` moves. It starts at 10 s, like the ticks of the fake kernel. */
export const createManualClock = (startMs = 10_000) => {
  let ns = BigInt(startMs) * 1_000_000n;
  return {
    nowNs: () => ns,
    nowMs: () => Number(ns) / 1e6,
    advance: (ms: number) => {
      ns += BigInt(Math.round(ms * 1e6));
    },
  };
};

export type ManualClock = ReturnType<typeof createManualClock>;
