import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CommandName, commands } from '../../../src/cli/args/commands.ts';
import type { Flag } from '../../../src/cli/args/flag-type.ts';
import { flags } from '../../../src/cli/args/flags.ts';
import { readFlags } from '../../../src/cli/args/read-flags.ts';

const table = Object.entries<Flag>(flags);
const switches = table.filter(([, { value }]) => value === undefined).map(([key]) => key);
const valued = table.filter(([, { value }]) => value !== undefined).map(([key]) => key);
const allCommands = Object.keys(commands) as CommandName[];
const flagOf = (key: string) => (flags as Readonly<Record<string, Flag>>)[key] as Flag;
const acceptingCommands = (key: string) => flagOf(key).commands ?? allCommands;
const rejectingCommands = (key: string) =>
  allCommands.filter((name) => !acceptingCommands(key).includes(name));
const read = (raw: Readonly<Record<string, unknown>>, key = 'help') =>
  readFlags(raw, acceptingCommands(key)[0] as CommandName);
const usageError = (message: string) => expect.objectContaining({ name: 'UsageError', message });

const aliveRule = { metric: 'alive', groupBy: 'user', operator: '>', amount: 2, unit: 'k', duration: '1m' };

/** A value of each flag, as text and parsed. */
const samples: Readonly<Record<string, readonly [string, unknown]>> = {
  filter: ['/^ng/', '/^ng/'],
  source: ['kernel', 'kernel'],
  interval: ['250us', 250_000n],
  cpuLimit: ['3%', 0.03],
  cpuLimitBusy: ['12.5%', 0.125],
  dumpDir: ['/tmp', '/tmp'],
  record: ['trace', 'trace'],
  rotate: ['64MiB', 67_108_864],
  rotateEvery: ['1h', 3_600_000_000_000n],
  keep: ['7', 7],
  fsync: ['off', 'off'],
  for: ['30s', 30_000_000_000n],
  by: ['parent', 'parent'],
  top: ['20', 20],
  to: ['otlp', 'otlp'],
  theme: ['high-contrast', 'high-contrast'],
  columns: ['pid,command', ['pid', 'command']],
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
  metrics: ['/x/churn.prom', '/x/churn.prom'],
  publish: ['nats://hub', ['nats://hub']],
  pulse: ['5s', 5_000_000_000n],
  guests: ['web1, db*', ['web1', 'db*']],
  since: ['2026-05-01T12:00:00Z', 1_777_636_800_000_000_000n],
  ssh: ['web1,root@web2', ['web1,root@web2']],
  via: ['docker exec -i {}', 'docker exec -i {}'],
  tether: ['30s', 30_000_000_000n],
};

test('each flag with a value has a sample', () => {
  expect(Object.keys(samples).toSorted()).toEqual(valued.toSorted());
});

test('switches are off and values are absent when no flag is given', () => {
  const values = read({});
  for (const name of switches)
    expect(values[name as keyof typeof values]).toBe(
      flagOf(name).tristate ? undefined : flagOf(name).negated === true,
    );
  for (const name of valued) expect(values).not.toHaveProperty(name);
});

describe.each(switches)('switch %s', (key) => {
  test.each([true, false])('is read as %s', (value) => {
    expect(read({ [key]: value }, key)).toHaveProperty(key, value);
  });

  test.each([['yes'], [1], [['a']], [null]])('throws when its value is %j', (value) => {
    expect(() => read({ [key]: value }, key)).toThrow(usageError(`--${flagOf(key).name}: takes no value`));
  });
});

describe.each(valued)('flag %s', (key) => {
  const [text, value] = samples[key] as readonly [string, unknown];
  const { name, value: placeholder } = flagOf(key);
  const missing = usageError(`--${name}: missing value (expected ${placeholder})`);

  test('is parsed', () => {
    expect(read({ [key]: text }, key)).toHaveProperty(key, value);
  });

  test.each([[''], [true], [Number.NaN], [null]])('throws when its value is %j', (wrong) => {
    expect(() => read({ [key]: wrong }, key)).toThrow(missing);
  });

  if (flagOf(key).repeatable) {
    test('is parsed when given twice', () => {
      expect(read({ [key]: [text, text] }, key)).toHaveProperty(key, [value, value].flat());
      expect(() => read({ [key]: [text, ''] }, key)).toThrow(missing);
    });
  } else {
    test('throws when given twice', () => {
      expect(() => read({ [key]: [text, text] }, key)).toThrow(usageError(`--${name}: given more than once`));
    });
  }
});

test('an error of a value parser starts with the flag', () => {
  expect(() => read({ top: 'x' }, 'top')).toThrow(
    usageError('--top: not a number "x" (expected 1 to 1000000)'),
  );
});

test('--since throws for a time that a server cannot represent', () => {
  for (const text of ['2999-01-01T00:00:00Z', '99999d'])
    expect(() => read({ since: text }, 'since')).toThrow(/^--since: invalid time "/);
});

test('a flag throws when given to a command that does not accept it', () => {
  for (const [key, { name, value }] of table) {
    for (const command of rejectingCommands(key)) {
      const raw = value === undefined ? true : (samples[key]?.[0] as string);
      expect(() => readFlags({ [key]: raw }, command)).toThrow(
        new RegExp(`^--${name}: not a flag of "churntop`),
      );
    }
  }
});

describe('an unknown flag is reported as typed', () => {
  test.each([
    ['color', '--color'],
    ['noColor', '--no-color'],
    ['x', '-x'],
    // Properties of every object.
    ['constructor', '--constructor'],
    ['toString', '--to-string'],
    ['hasOwnProperty', '--has-own-property'],
  ])('%s', (name, typed) => {
    expect(() => read({ [name]: true })).toThrow(usageError(`${typed}: unknown flag`));
  });

  test('for any name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        fc.pre(!Object.hasOwn(flags, name) && name !== '__proto__');
        expect(() => read({ [name]: true })).toThrow(/^-.*: unknown flag( \(did you mean --[a-z-]+\?\))?$/s);
      }),
    );
  });
});
