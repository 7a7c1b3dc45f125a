/** Trace time for real time, as a fraction, slowest first. */
export type Speed = { label: string; times: bigint; over: bigint };

export const speeds: readonly Speed[] = [
  { label: '1/8x', times: 1n, over: 8n },
  { label: '1/4x', times: 1n, over: 4n },
  { label: '1/2x', times: 1n, over: 2n },
  { label: '1x', times: 1n, over: 1n },
  { label: '2x', times: 2n, over: 1n },
  { label: '4x', times: 4n, over: 1n },
  { label: '8x', times: 8n, over: 1n },
  { label: '16x', times: 16n, over: 1n },
  { label: '32x', times: 32n, over: 1n },
  { label: '64x', times: 64n, over: 1n },
];

export const realTime = speeds.findIndex(({ label }) => label === '1x');
