import { empty } from './table.ts';

/** A required figure and the measured one. `met` is undefined when it was not measured. */
export type Goal = { what: string; required: string; measured: string; met: boolean | undefined };

/** Creates a goal. `measured` is undefined when it was not measured. */
export const createGoal = (goal: {
  what: string;
  required: string;
  measured: string | undefined;
  met: boolean;
}): Goal =>
  goal.measured === undefined
    ? { ...goal, measured: empty, met: undefined }
    : { ...goal, measured: goal.measured };
