import { flagLines } from './flags.ts';

/** What `--help` prints. */
export const helpText = (): string => {
  const lines = flagLines();
  const column = Math.max(...lines.map(({ usage }) => usage.length)) + 2;
  return [
    'top for what comes and goes: watch processes spawn and exit, live',
    '',
    'Usage: churntop [flags]',
    '',
    ...lines.map(({ usage, help }) => `  ${usage.padEnd(column)}${help}`),
    '',
    'Press ? in the screen for its keys.',
  ].join('\n');
};
