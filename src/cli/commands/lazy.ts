import type { CommandName } from '../args/commands.ts';
import { runCheck } from './check.ts';
import type { CommandContext } from './context.ts';
import { runExport } from './export.ts';
import { runReport } from './report.ts';
import { runView } from './view.ts';

export { resolveTheme } from './display-options.ts';
export { runLines } from './lines.ts';

/** Commands that are bundled into one script, which is loaded when one of them is called. */
export const lazyCommands: Readonly<
  Record<Exclude<CommandName, 'watch' | 'record'>, (context: CommandContext) => Promise<void>>
> = {
  report: runReport,
  export: runExport,
  check: runCheck,
  view: runView,
};
