const maxAgeNs = 24n * 3_600_000_000_000n;

/** Returns the wall time of the header that begins the lines, ns; 0 without one. */
const headerWallNs = (bytes: Uint8Array): bigint => {
  const [line = ''] = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1 << 14))
    .toString()
    .split('\n', 1);
  const realtime = /"realtime":"([^"]+)"/.exec(line)?.[1];
  const ms = realtime === undefined ? Number.NaN : Date.parse(realtime);
  return Number.isNaN(ms) ? 0n : BigInt(ms) * 1_000_000n;
};

/** Returns whether the header that begins the lines was written within 24 hours before `nowNs`, or later. */
export const isRecent = (bytes: Uint8Array, nowNs: bigint): boolean => headerWallNs(bytes) > nowNs - maxAgeNs;
