import type { Role, Theme } from './theme.ts';

export type Painted = { text: string; role: Role };

/** Cells of the same look are painted at once: a colour code a cell would be most of the frame. */
export const inRuns = (cells: readonly Painted[], { paint }: Theme): string => {
  let line = '';
  let run = '';
  let runRole: Role = 'value';
  for (const { text, role } of cells) {
    if (role !== runRole) {
      line += paint(runRole, run);
      run = '';
      runRole = role;
    }
    run += text;
  }
  return line + paint(runRole, run);
};
