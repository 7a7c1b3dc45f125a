import { setFlagsFromString } from 'node:v8';

/**
 * V8 would rather let its heap grow to several times of what is held than collect, and a monitor must be small beside what
 * it watches. What passes through is short-lived, and the part of the heap for that doubles whenever as much as it holds
 * has survived it, however rarely: it is not to grow. The rest is collected when it has grown by a quarter, or by 8 MB
 * where that is more. Both hold for all threads from then on; what they cost and save is in docs/speed.md.
 */
export const limitHeapGrowth = (): void =>
  setFlagsFromString('--semi-space-growth-factor=1 --heap-growing-percent=25');
