import { setFlagsFromString } from 'node:v8';

/**
 * Growth of old objects after which they are collected, %. Each event of several guests waits for those of the others, so
 * that it becomes an old object. A collection has to mark the live processes of all guests, so there are fewer of them.
 */
const growthPercent = { guest: 25, fleet: 50 };

/**
 * Limits the growth of the heap in all threads. V8 lets the heap grow to several times its live data, and a monitor
 * must be small next to what it monitors. The semi-spaces for new objects do not grow, because most records are
 * short-lived. Old objects are collected after they grow by some percent, or by 8 MB if that is more.
 * docs/benchmarks/speed.md and fleet.md have the figures.
 */
export const limitHeapGrowth = (monitored: keyof typeof growthPercent = 'guest'): void =>
  setFlagsFromString(`--semi-space-growth-factor=1 --heap-growing-percent=${growthPercent[monitored]}`);
