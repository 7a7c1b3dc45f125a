import type { World } from '../domain/world.ts';
import type { ChurnScene } from './churn.ts';

/** What is looked at: the world on screen and the statistics of it. */
export type Scene = { world: World; churn: ChurnScene };
