import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Flag, flagLines, flags, readFlags } from '../../src/cli/flags.ts';
import { helpText } from '../../src/cli/help.ts';

const table = Object.entries<Flag>(flags);
const switches = table.filter(([, { value }]) => value === undefined).map(([name]) => name);
const valued = table.filter(([, { value }]) => value !== undefined).map(([name]) => name);
const refusal = (message: string) => expect.objectContaining({ name: 'UsageError', message });

/** A value each flag takes, and what it is read as. */
const samples: Readonly<Record<string, readonly [string, unknown]>> = {
  filter: ['/^ng/', '/^ng/'],
  interval: ['250us', 250_000n],
  out: ['/tmp', '/tmp'],
  proc: ['/host/proc', '/host/proc'],
};

test('without any, switches are off and values absent', () => {
  const values = readFlags({});
  for (const name of switches) expect(values).toHaveProperty(name, false);
  for (const name of valued) expect(values).not.toHaveProperty(name);
});

describe('the table', () => {
  test('bears each name under itself, and no name or short twice', () => {
    for (const [key, { name }] of table) expect(name).toBe(key);
    const shorts = table.flatMap(([, { short }]) => short ?? []);
    expect(shorts).toEqual([...new Set(shorts)]);
    for (const short of shorts) expect(short).toMatch(/^[A-Za-z]$/);
  });

  test('has a reader for every value, and a sample here', () => {
    for (const [name, flag] of table) expect(flag.parse !== undefined, name).toBe(flag.value !== undefined);
    expect(Object.keys(samples).toSorted()).toEqual(valued.toSorted());
  });
});

describe.each(switches)('--%s', (name) => {
  test.each([true, false])('is read as %s', (value) => {
    expect(readFlags({ [name]: value })).toHaveProperty(name, value);
  });

  test.each([['yes'], [1], [['a']], [null]])('takes no value such as %j', (value) => {
    expect(() => readFlags({ [name]: value })).toThrow(refusal(`--${name} takes no value`));
  });
});

describe.each(valued)('--%s', (name) => {
  const [text, value] = samples[name] as readonly [string, unknown];
  const stands = (flags as Readonly<Record<string, Flag>>)[name]?.value;

  test('is read', () => {
    expect(readFlags({ [name]: text })).toHaveProperty(name, value);
  });

  test.each([[''], [true], [Number.NaN], [null]])('needs a value, not %j', (wrong) => {
    expect(() => readFlags({ [name]: wrong })).toThrow(refusal(`--${name} needs a value: ${stands}`));
  });

  test('is refused twice', () => {
    expect(() => readFlags({ [name]: [text, text] })).toThrow(refusal(`--${name} given more than once`));
  });
});

describe('what is no flag is refused by its name as typed', () => {
  test.each([
    ['colour', '--colour'],
    ['noColour', '--no-colour'],
    ['x', '-x'],
    // What every object has is no flag of ours.
    ['constructor', '--constructor'],
    ['toString', '--to-string'],
    ['hasOwnProperty', '--has-own-property'],
  ])('%s', (name, typed) => {
    expect(() => readFlags({ [name]: true })).toThrow(refusal(`unknown flag ${typed}`));
  });

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        fc.pre(!Object.hasOwn(flags, name) && name !== '__proto__');
        expect(() => readFlags({ [name]: true })).toThrow(/^unknown flag -/);
      }),
    );
  });
});

describe('the help', () => {
  const lines = helpText().split('\n');

  test.each(table)('lists --%s with its short, its value and its words', (name, { short, value, help }) => {
    const line = lines.find((each) => new RegExp(`--${name}\\b`).test(each) && each.endsWith(help));
    expect(line).toBeDefined();
    if (short) expect(line).toContain(`-${short}, --${name}`);
    if (value) expect(line).toContain(`--${name} ${value} `);
  });

  test('fits a terminal of 100 columns, its words in one column', () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    const starts = flagLines().map(({ help }) => lines.find((line) => line.endsWith(help))?.indexOf(help));
    expect(new Set(starts).size).toBe(1);
  });
});
