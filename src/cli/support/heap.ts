import { setFlagsFromString } from 'node:v8';

/**
 * Limits the growth of the heap in all threads. V8 lets the heap grow to several times its live data, and a monitor
 * must be small next to what it monitors. The semi-spaces for new objects do not grow, because most records are
 * short-lived. Old objects are collected after they grow by 25 %, or by 8 MB if that is more. docs/benchmarks/speed.md
 * has the figures.
 */
export const limitHeapGrowth = (): void =>
  setFlagsFromString('--semi-space-growth-factor=1 --heap-growing-percent=25');
