import { none } from './table.ts';

/** A figure that must be reached, beside the one measured; `met` is undefined where it was not measured. */
export type Goal = { what: string; wanted: string; measured: string; met: boolean | undefined };

export const goal = (what: string, wanted: string, measured: string | undefined, met: boolean): Goal =>
  measured === undefined ? { what, wanted, measured: none, met: undefined } : { what, wanted, measured, met };
