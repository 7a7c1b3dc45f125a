import { setFlagsFromString } from 'node:v8';

/**
 * A monitor must be small beside what it watches. Drawing and writing make much that lives for a moment only, and V8 would
 * rather let its heap grow to several times of what is held than collect: kept small it takes half the memory at a tenth
 * more CPU (docs/speed.md).
 */
export const keepHeapSmall = (): void => setFlagsFromString('--optimize-for-size');
