import type { CommandName } from '../args/commands.ts';
import { runCheck as check } from './check.ts';
import type { CommandContext } from './context.ts';
import { runExport as exportTo } from './export.ts';
import { runReport as report } from './report.ts';
import { runView as view } from './view.ts';

export { resolveTheme as themeOf } from './display-options.ts';
export { runLines } from './lines.ts';

/** The commands beside watching and recording: one script of the bundle, loaded when the first of them is called. */
export const lazyCommands: Readonly<
  Record<Exclude<CommandName, 'watch' | 'record'>, (call: CommandContext) => Promise<void>>
> = {
  report,
  export: exportTo,
  check,
  view,
};
