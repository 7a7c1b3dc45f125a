import type { Role, Theme } from './theme.ts';

export type Painted = { text: string; role: Role };

/** Cells of the same look are painted at once: a colour code a cell would be most of the frame. */
export const inRuns = (cells: readonly Painted[], { paint }: Theme): string => {
  let line = '';
  let run = '';
  let runRole: Role = 'value';
  for (let at = 0; at < cells.length; ) {
    const { text, role } = cells[at] as Painted;
    if (role !== runRole) {
      line += paint(runRole, run);
      run = '';
      runRole = role;
    }
    let end = at + 1;
    while (cells[end]?.text === text && cells[end]?.role === role) end++;
    run += text.repeat(end - at);
    at = end;
  }
  return line + paint(runRole, run);
};
