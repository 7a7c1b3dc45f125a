import { parseArgs } from 'node:util';

/** The text of --help. */
export const usage = `npm run bench:fleet -- [flags]
  --quick        10 s for each load in place of 60 s
  --only PART    measure this part only: process, pulses, server-pulses, jetstream, screen, ssh, start (repeatable)
  --base COMMIT  compare start and package with those of this commit (default: the last one without fleets)
  --write        write the table into docs/benchmarks/fleet.md`;

export type FleetOptions = {
  /** Duration of a load. */
  seconds: number;
  quick: boolean;
  base: string | undefined;
  write: boolean;
  help: boolean;
  isSelected: (part: string) => boolean;
};

/** Parses the command line. @throws Error for an unknown part */
export const parseOptions = (args: string[], parts: readonly string[]): FleetOptions => {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      base: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { only, quick } = values;
  const unknown = only?.find((part) => !parts.includes(part));
  if (unknown !== undefined)
    throw new Error(`--only: invalid value "${unknown}" (expected ${parts.join(', ')})`);
  return {
    ...values,
    base: values.base,
    seconds: quick ? 10 : 60,
    isSelected: (part) => only === undefined || only.includes(part),
  };
};
