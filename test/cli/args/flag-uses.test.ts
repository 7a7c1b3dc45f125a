import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { readArguments } from '../../../src/cli/args/arguments.ts';
import { type CommandName, commands } from '../../../src/cli/args/commands.ts';
import { appliesTo, type Flag } from '../../../src/cli/args/flag-type.ts';
import { type FlagUse, flagUses, type Input } from '../../../src/cli/args/flag-uses.ts';
import { type FlagName, flags } from '../../../src/cli/args/flags.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());
vi.stubEnv('XDG_CONFIG_HOME', '/nonexistent');
vi.stubEnv('TERM', 'xterm');
vi.stubEnv('INK_SCREEN_READER', '');
process.stdout.isTTY = true;

const names = Object.keys(flags) as FlagName[];
const config = join(folder.path, 'config');
writeFileSync(config, '');

/** A valid value of each flag that has one. */
const samples: Partial<Record<FlagName, string>> = {
  ...{
    filter: 'nginx',
    source: 'proc',
    interval: '1s',
    cpuLimit: '2%',
    cpuLimitBusy: '9%',
    alert: 'alive>9',
  },
  ...{ dumpDir: '/tmp', theme: 'light', columns: 'pid', bind: 'x=p', config, record: 'f.ndjson' },
  ...{ rotate: '1MiB', rotateEvery: '1h', keep: '2', fsync: '2s', metrics: 'a.prom', for: '1s', by: 'comm' },
  ...{ top: '3', to: 'ecs', proc: '/proc', ssh: 'web1', via: 'env {}', publish: 'nats://hub', pulse: '5s' },
  ...{ guests: 'web1', since: '10m', tether: '5s' },
};
/** Flags without which another one has no effect. */
const partners: Partial<Record<FlagName, readonly string[]>> = {
  initial: ['--strict'],
  append: ['--record=f'],
  keep: ['--rotate=1MiB'],
  gzip: ['--rotate=1MiB'],
  pulse: ['--publish=nats://hub'],
  tether: ['--ndjson'],
};

const argument = (name: FlagName): string => {
  const flag: Flag = flags[name];
  return flag.value === undefined ? `--${flag.name}` : `--${flag.name}=${samples[name]}`;
};

/** The words of each command that make it read an input. */
const situations: Readonly<Record<CommandName, Partial<Record<Input, readonly string[]>>>> = {
  watch: { local: [], remote: ['--ssh=web1'] },
  record: { local: ['record', 'f.ndjson'] },
  report: { local: ['report', '--for=1s'], files: ['report', 'f'], nats: ['report', 'nats://hub'] },
  check: { local: ['check'], nats: ['check', 'nats://hub'] },
  export: { files: ['export', 'f'], nats: ['export', 'nats://hub'] },
  view: { files: ['view', 'f'], nats: ['view', 'nats://hub'] },
};
const cases = (Object.keys(commands) as CommandName[]).flatMap((command) =>
  Object.entries(situations[command]).map(([input, words]) => ({ command, input: input as Input, words })),
);

const read = async (...argv: readonly string[]) => readArguments(argv);
const refusal = (...argv: string[]) =>
  read(...argv).then(
    () => undefined,
    ({ name, message }: Error) => `${name}: ${message}`,
  );

/** Flags that select what a command reads. */
const selectors: readonly FlagName[] = ['ssh', 'via', 'for'];

test.each(cases)(
  'churntop $words refuses each flag without an effect, and accepts the others',
  async (each) => {
    const { command, input, words } = each;
    const others = names.filter(
      (name) =>
        appliesTo(flags[name] as Flag, command) && !(selectors.includes(name) && command !== 'record'),
    );
    for (const name of others) {
      const isUseful = (flagUses[name] as FlagUse).inputs.includes(input);
      const needed = isUseful && (command === 'watch' || name !== 'append') ? (partners[name] ?? []) : [];
      const text = await refusal(...words, argument(name), ...needed);
      if (isUseful) expect(text, name).toBe(undefined);
      else expect(text, name).toMatch(new RegExp(`^UsageError: --${flags[name].name}: (?:only|not) `));
    }
  },
);

test('each flag has an effect on an input of each command that accepts it', () => {
  for (const name of names)
    for (const command of Object.keys(commands) as CommandName[]) {
      if (!appliesTo(flags[name] as Flag, command)) continue;
      const { inputs }: FlagUse = flagUses[name];
      expect(
        inputs.filter((input) => situations[command][input]),
        `${command} ${name}`,
      ).not.toEqual([]);
    }
});

test('guests get the flags of the sampler and of alerts, and the viewer the others', async () => {
  const ofGuests = names.filter((name) => (flagUses[name] as FlagUse).farEnd);
  expect((await read('--ssh=web1', ...ofGuests.map(argument))).farEndArguments).toEqual([
    ...['--source=proc', '--interval=1s', '--cpu-limit=2%', '--cpu-limit-busy=9%'],
    ...['--alert=alive>9', '--no-alerts', '--proc=/proc'],
  ]);
  const ofViewer = names.filter((name) => {
    const { inputs, farEnd }: FlagUse = flagUses[name];
    return inputs.includes('remote') && !farEnd && appliesTo(flags[name] as Flag, 'watch');
  });
  expect(ofViewer).toEqual([
    ...['filter', 'recordArgs', 'recordCgroups', 'bell', 'dumpDir', 'theme', 'ascii', 'mouse', 'columns'],
    ...['bind', 'config', 'ssh', 'via', 'push', 'help', 'version'],
  ]);
});

test('a configuration file may contain flags without an effect, and guests get its alerts', async () => {
  writeFileSync(config, 'lines\nbell\nalert alive>1\nalert zombies>2\ncpu-limit 3%\n');
  expect(await read('--ssh=web1', '--config', config, '--cpu-limit=4%')).toMatchObject({
    farEndArguments: ['--cpu-limit=4%', '--alert=alive>1', '--alert=zombies>2'],
  });
  expect(await refusal('--ndjson', '--config', config)).toBe(undefined);
});

test.each([
  ['--ssh=web1 --rotate=1MiB', '--rotate: not with --ssh or --via'],
  ['--via={} web1 --ndjson', '--ndjson: not with --ssh or --via'],
  ['--push', '--push: only for guests (expected --ssh or --via)'],
  ['view f --since=1m', '--since: only with a NATS URL (expected nats://HOST)'],
  ['check --create', '--create: only with a NATS URL (expected nats://HOST)'],
  ['check nats://hub --proc=/x', '--proc: not with a NATS URL'],
  ['report f --interval=1s', '--interval: only for live capture (expected --for TIME)'],
  ['--tether=1s', '--tether: only for a stream (expected --ndjson)'],
  ['--initial', '--initial: only for a strict stream (expected --strict)'],
  ['--strict --alert=alive>1', '--alert: only for output with alerts (expected no --strict)'],
  ['--ndjson --lines', '--lines: only without a stream (expected neither --ndjson nor --strict)'],
  [
    '--lines --columns=pid',
    '--columns: only for the screen (expected a terminal, and neither --ndjson nor --lines)',
  ],
  [
    '--ndjson --bell',
    '--bell: only for the screen and for lines (expected a terminal or --lines, and no --ndjson)',
  ],
  [
    '--lines --record-args',
    '--record-args: only for records with all keys (expected --ndjson, --record FILE or the screen)',
  ],
  ['--append', '--append: only for a recording (expected --record FILE)'],
  ['--ndjson --rotate=1MiB', '--rotate: only for a recording (expected --record FILE or the screen)'],
  ['record f --keep=2', '--keep: only for rotated files (expected --rotate or --rotate-every)'],
  [
    'record f --gzip --publish=otlp',
    '--gzip: only for rotated files and NATS (expected --rotate, --rotate-every or --publish nats://HOST)',
  ],
  ['record f --pulse=5s --publish=otlp', '--pulse: only with NATS (expected --publish nats://HOST)'],
])('refuses %s', async (words, message) => {
  expect(await refusal(...words.split(' '))).toBe(`UsageError: ${message}`);
});

test.each([
  '--no-bell --ndjson',
  '--help --append',
  '--strict --record=f --record-args',
  'record f --gzip --publish=nats://hub',
])('accepts %s', async (words) => {
  expect(await refusal(...words.split(' '))).toBe(undefined);
});
