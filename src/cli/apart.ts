import type { Call } from './call.ts';
import { run as check } from './check-command.ts';
import type { CommandName } from './commands.ts';
import { run as exportTo } from './export-command.ts';
import { run as report } from './report-command.ts';
import { run as view } from './view.ts';

export { runLines } from './lines.ts';
export { themeOf } from './looks.ts';

/** The commands beside watching and recording: one script of the bundle, loaded when the first of them is called. */
export const apart: Readonly<
  Record<Exclude<CommandName, 'watch' | 'record'>, (call: Call) => Promise<void>>
> = {
  report,
  export: exportTo,
  check,
  view,
};
