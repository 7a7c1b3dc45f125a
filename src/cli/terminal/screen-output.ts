import { CliError } from '../support/errors.ts';

/** Checks that the screen of a command or flag can be drawn. @throws CliError */
export const assertScreenOutput = (name: string): void => {
  if (!process.stdout.isTTY)
    throw new CliError(`standard output: not a terminal (${name} needs one for its screen)`);
  if (process.env.TERM === 'dumb')
    throw new CliError(`TERM=dumb: the terminal has no cursor control (${name} needs it for its screen)`);
};
