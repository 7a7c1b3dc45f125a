import { describe, expect, test } from 'vitest';
import { type CommandName, commands } from '../../../src/cli/args/commands.ts';
import { appliesTo, type Flag } from '../../../src/cli/args/flag-type.ts';
import { flags } from '../../../src/cli/args/flags.ts';
import { flagLines, helpText } from '../../../src/cli/args/help.ts';

describe.each(Object.keys(commands) as CommandName[])('the help of %s', (command) => {
  const lines = helpText(command).split('\n');
  const lineOf = ({ name, help }: Flag) =>
    lines.find((line) => new RegExp(`--${name}[ ]`).test(line) && line.endsWith(help));

  test('lists the flags of the command, each with short, value and help', () => {
    for (const [key, flag] of Object.entries<Flag>(flags)) {
      const line = lineOf(flag);
      expect(line !== undefined, key).toBe(appliesTo(flag, command));
      if (line && flag.short) expect(line).toContain(`-${flag.short}, --${flag.name}`);
      if (line && flag.value) expect(line).toContain(`--${flag.name} ${flag.value} `);
    }
  });

  test('fits a terminal of 100 columns, with aligned texts', () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    const starts = flagLines(command).map(({ help }) =>
      lines.find((line) => line.endsWith(help))?.indexOf(help),
    );
    expect(new Set(starts).size).toBe(1);
  });
});

test('the help of the program lists every command', () => {
  for (const { help } of Object.values(commands)) expect(helpText('watch')).toContain(help);
});

test('flags are in groups, and examples follow', () => {
  const lines = helpText('record').split('\n');
  const titles = lines.filter((line) => /^[A-Z]\w+:$/.test(line));
  expect(titles).toEqual(['Filter:', 'Output:', 'Recording:', 'Alerts:', 'Capture:', 'Other:', 'Examples:']);
});

test('each flag is listed once', () => {
  for (const { name } of Object.values<Flag>(flags).filter((flag) => appliesTo(flag, 'watch')))
    expect(helpText('watch').match(new RegExp(`^ {2}(?:-\\w, | {4})--${name} `, 'gm'))).toHaveLength(1);
});
