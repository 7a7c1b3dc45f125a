import type { CommandName } from '../args/commands.ts';
import { run as check } from './check.ts';
import type { Call } from './context.ts';
import { run as exportTo } from './export.ts';
import { run as report } from './report.ts';
import { run as view } from './view.ts';

export { themeOf } from './display-options.ts';
export { runLines } from './lines.ts';

/** The commands beside watching and recording: one script of the bundle, loaded when the first of them is called. */
export const apart: Readonly<
  Record<Exclude<CommandName, 'watch' | 'record'>, (call: Call) => Promise<void>>
> = {
  report,
  export: exportTo,
  check,
  view,
};
