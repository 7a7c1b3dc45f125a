import type { Accepts } from '../domain/filter/filter.ts';
import type { FlagValues } from './flags.ts';

/** What a command that reads traces is called with. */
export type Call = {
  values: FlagValues;
  files: readonly string[];
  filter: Accepts;
  /** Resolves when an end was asked for (a signal). */
  interrupted: Promise<void>;
};
