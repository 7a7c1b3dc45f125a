import type { FlagValues } from './flags.ts';

/** The forms of live output. */
export type OutputMode = 'ndjson' | 'lines' | 'screen';

/** Returns the output mode that the flags select, or the best one that the output supports. */
export const outputModeOf = ({ ndjson, strict, lines }: FlagValues): OutputMode => {
  if (ndjson || strict) return 'ndjson';
  if (lines) return 'lines';
  if (!process.stdout.isTTY) return 'ndjson';
  return process.env.TERM === 'dumb' || process.env.INK_SCREEN_READER === 'true' ? 'lines' : 'screen';
};
