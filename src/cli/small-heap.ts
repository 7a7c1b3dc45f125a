import { setFlagsFromString } from 'node:v8';

/**
 * A monitor must be small beside what it watches. Drawing makes much that lives for one frame only, and V8 would rather
 * let its heap grow to several times of what is held than collect: kept small it takes half the memory at a tenth more
 * CPU (docs/speed.md).
 */
export const keepHeapSmall = (): void => setFlagsFromString('--optimize-for-size');
