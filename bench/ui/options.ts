import { parseArgs } from 'node:util';

export const usage = `npm run bench:ui -- [flags]
  --quick      a look, not a measurement
  --only NAME  only this part (repeatable): quiet, load, storm`;

export type UiOptions = { quick: boolean; help: boolean; wants: (part: string) => boolean };

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
  if (unknown !== undefined) throw new Error(`--only ${unknown}: none of ${parts.join(', ')}`);
  return { quick, help, wants: (part) => only === undefined || only.includes(part) };
};
