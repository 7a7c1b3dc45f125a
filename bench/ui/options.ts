import { parseArgs } from 'node:util';

/** The text of --help. */
export const usage = `npm run bench:ui -- [flags]
  --quick      short runs, for a rough figure
  --only NAME  measure this part only: quiet, load, storm, hosts (repeatable)`;

/** The options of `npm run bench:ui`. */
export type UiOptions = { quick: boolean; help: boolean; isSelected: (part: string) => boolean };

/** Parses the command line. @throws Error for an unknown part */
export const parseOptions = (args: string[], parts: readonly string[]): UiOptions => {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, only, help } = values;
  const unknown = only?.find((part) => !parts.includes(part));
  if (unknown !== undefined)
    throw new Error(`--only: invalid value "${unknown}" (expected ${parts.join(', ')})`);
  return { quick, help, isSelected: (part) => only === undefined || only.includes(part) };
};
