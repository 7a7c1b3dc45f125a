import type { LiveProcess } from './live-table.ts';

/** What its age is told by. */
export type Aged = Pick<LiveProcess, 'startTicks' | 'initial' | 'seenNs' | 'endedNs' | 'lifetimeNs'>;

/** How long it has run: since its birth was seen, or, found alive, since its start ticks (10 ms steps). */
export const ageNs = (process: Aged, nowNs: bigint, bootOffsetNs: bigint): bigint | undefined => {
  if (process.endedNs !== undefined) return process.lifetimeNs;
  if (!process.initial) return nowNs - process.seenNs;
  if (process.startTicks === undefined) return undefined;
  const age = nowNs + bootOffsetNs - BigInt(process.startTicks) * 10_000_000n;
  return age < 0n ? 0n : age;
};
