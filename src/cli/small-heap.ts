import { setFlagsFromString } from 'node:v8';

/**
 * A monitor must be small beside what it watches. Drawing and writing make much that lives for a moment only, and V8 would
 * rather let its heap grow to several times of what is held than collect: kept small it takes half the memory at a tenth
 * more CPU (docs/speed.md).
 */
export const keepHeapSmall = (): void => setFlagsFromString('--optimize-for-size');

/**
 * The same where nothing is drawn. What passes is short-lived, and the part of the heap for that doubles whenever as much
 * as it holds has survived it, however rarely: through a storm a stream went from 125 to 255 MiB in its first two minutes.
 * Not allowed to double it stays near 105, for 0.3 % of a core. To be called before a thread is started: it holds for all.
 */
export const keepHeapSteady = (): void => {
  keepHeapSmall();
  setFlagsFromString('--semi-space-growth-factor=1');
};
