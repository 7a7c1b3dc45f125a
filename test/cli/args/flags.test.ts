import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CommandName, commands } from '../../../src/cli/args/commands.ts';
import { type Flag, flagLines, flags, readFlags } from '../../../src/cli/args/flags.ts';
import { helpText } from '../../../src/cli/args/help.ts';

const table = Object.entries<Flag>(flags);
const switches = table.filter(([, { value }]) => value === undefined).map(([name]) => name);
const valued = table.filter(([, { value }]) => value !== undefined).map(([name]) => name);
const allCommands = Object.keys(commands) as CommandName[];
const flagOf = (key: string) => (flags as Readonly<Record<string, Flag>>)[key] as Flag;
/** Commands that take a flag, and those that do not. */
const takes = (key: string) => flagOf(key).commands ?? allCommands;
const refuses = (key: string) => allCommands.filter((name) => !takes(key).includes(name));
const read = (found: Readonly<Record<string, unknown>>, key = 'help') =>
  readFlags(found, takes(key)[0] as CommandName);
const refusal = (message: string) => expect.objectContaining({ name: 'UsageError', message });

const aliveRule = { metric: 'alive', by: 'user', comparison: '>', amount: 2, unit: 'k', hold: '1m' };

/** A value each flag takes, and what it is read as. */
const samples: Readonly<Record<string, readonly [string, unknown]>> = {
  filter: ['/^ng/', '/^ng/'],
  interval: ['250us', 250_000n],
  cpu: ['3%', 0.03],
  cpuBusy: ['12.5%', 0.125],
  out: ['/tmp', '/tmp'],
  record: ['trace', 'trace'],
  rotate: ['64MiB', 67_108_864],
  rotateEvery: ['1h', 3_600_000_000_000n],
  keep: ['7', 7],
  fsync: ['off', 'off'],
  for: ['30s', 30_000_000_000n],
  by: ['parent', 'parent'],
  top: ['20', 20],
  to: ['otlp', 'otlp'],
  theme: ['colour-blind', 'colour-blind'],
  columns: ['pid,comm', ['pid', 'comm']],
  bind: [
    'x=p,ctrl-d=pagedown',
    new Map([
      ['x', 'p'],
      ['ctrl-d', 'pagedown'],
    ]),
  ],
  alert: ['alive(user)>2k for 1m', [aliveRule]],
  config: ['/etc/churntop', '/etc/churntop'],
  proc: ['/host/proc', '/host/proc'],
};

test('without any, switches are off and values absent', () => {
  const values = read({});
  for (const name of switches)
    expect(values[name as keyof typeof values]).toBe(
      flagOf(name).tristate ? undefined : flagOf(name).negated === true,
    );
  for (const name of valued) expect(values).not.toHaveProperty(name);
});

describe('the table', () => {
  test('bears each name under itself, and no name or short twice', () => {
    for (const [key, { name, negated }] of table)
      expect(
        (negated ? name.replace(/^no-/, '') : name).replaceAll(/-([a-z])/g, (_, letter) =>
          letter.toUpperCase(),
        ),
      ).toBe(key);
    const shorts = table.flatMap(([, { short }]) => short ?? []);
    expect(shorts).toEqual([...new Set(shorts)]);
    for (const short of shorts) expect(short).toMatch(/^[A-Za-z]$/);
  });

  test('has a reader for every value, and a sample here', () => {
    for (const [name, flag] of table) expect(flag.parse !== undefined, name).toBe(flag.value !== undefined);
    expect(Object.keys(samples).toSorted()).toEqual(valued.toSorted());
  });
});

describe.each(switches)('%s', (key) => {
  test.each([true, false])('is read as %s', (value) => {
    expect(read({ [key]: value }, key)).toHaveProperty(key, value);
  });

  test.each([['yes'], [1], [['a']], [null]])('takes no value such as %j', (value) => {
    expect(() => read({ [key]: value }, key)).toThrow(refusal(`--${flagOf(key).name} takes no value`));
  });
});

describe.each(valued)('%s', (key) => {
  const [text, value] = samples[key] as readonly [string, unknown];
  const { name, value: stands } = flagOf(key);

  test('is read', () => {
    expect(read({ [key]: text }, key)).toHaveProperty(key, value);
  });

  test.each([[''], [true], [Number.NaN], [null]])('needs a value, not %j', (wrong) => {
    expect(() => read({ [key]: wrong }, key)).toThrow(refusal(`--${name} needs a value: ${stands}`));
  });

  if (flagOf(key).repeatable) {
    test('is read twice', () => {
      expect(read({ [key]: [text, text] }, key)).toHaveProperty(key, [value, value].flat());
      expect(() => read({ [key]: [text, ''] }, key)).toThrow(refusal(`--${name} needs a value: ${stands}`));
    });
  } else {
    test('is refused twice', () => {
      expect(() => read({ [key]: [text, text] }, key)).toThrow(refusal(`--${name} given more than once`));
    });
  }
});

test('a flag is refused by the commands that it does not concern, and only if it was typed', () => {
  for (const [key, { name, value }] of table) {
    for (const command of refuses(key)) {
      const found = value === undefined ? true : (samples[key]?.[0] as string);
      expect(() => readFlags({ [key]: found }, command)).toThrow(
        new RegExp(`^--${name} is no flag of churntop`),
      );
    }
  }
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
    expect(() => read({ [name]: true })).toThrow(refusal(`unknown flag ${typed}`));
  });

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        fc.pre(!Object.hasOwn(flags, name) && name !== '__proto__');
        expect(() => read({ [name]: true })).toThrow(/^unknown flag -/);
      }),
    );
  });
});

describe.each(allCommands)('the help of %s', (command) => {
  const lines = helpText(command).split('\n');
  const lineOf = ({ name, help }: Flag) =>
    lines.find((each) => new RegExp(`--${name}[ ]`).test(each) && each.endsWith(help));

  test('lists its flags, each with its short, its value and its words', () => {
    for (const [key, flag] of table) {
      const line = lineOf(flag);
      expect(line !== undefined, key).toBe(takes(key).includes(command));
      if (line && flag.short) expect(line).toContain(`-${flag.short}, --${flag.name}`);
      if (line && flag.value) expect(line).toContain(`--${flag.name} ${flag.value} `);
    }
  });

  test('fits a terminal of 100 columns, its words in one column', () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    const starts = flagLines(command).map(({ help }) =>
      lines.find((line) => line.endsWith(help))?.indexOf(help),
    );
    expect(new Set(starts).size).toBe(1);
  });
});

test('the help without a command lists them all', () => {
  for (const { help } of Object.values(commands)) expect(helpText('watch')).toContain(help);
});
