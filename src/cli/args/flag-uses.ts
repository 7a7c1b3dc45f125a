import { isNatsUrl } from '../../fleet/nats/server/url.ts';
import { UsageError } from '../support/errors.ts';
import type { CommandName } from './commands.ts';
import type { Flag } from './flag-type.ts';
import { type FlagName, type FlagValues, flags } from './flags.ts';
import type { OutputMode } from './output-mode.ts';
import type { RawFlags } from './read-flags.ts';

/** What a command reads: this machine, guests of `--ssh` or `--via`, recordings, or a NATS server. */
export type Input = 'local' | 'remote' | 'files' | 'nats';

/** A command line, as far as it decides which flags have an effect. */
export type Situation = { command: CommandName; output: OutputMode; values: FlagValues };

/** What a flag needs, with the words of the error without it. */
type Condition = { only: string; expected: string; holds: (situation: Situation) => boolean };

const isRecording = ({ command, values }: Situation): boolean =>
  command === 'record' || values.record !== undefined;

const rotates = ({ rotate, rotateEvery }: FlagValues): boolean =>
  rotate !== undefined || rotateEvery !== undefined;

const publishesToNats = ({ publish }: FlagValues): boolean => publish?.some(isNatsUrl) ?? false;

const conditions = {
  screen: {
    only: 'for the screen',
    expected: 'a terminal, and neither --ndjson nor --lines',
    holds: ({ output }) => output === 'screen',
  },
  screenOrLines: {
    only: 'for the screen and for lines',
    expected: 'a terminal or --lines, and no --ndjson',
    holds: ({ output }) => output !== 'ndjson',
  },
  noStream: {
    only: 'without a stream',
    expected: 'neither --ndjson nor --strict',
    holds: ({ output }) => output !== 'ndjson',
  },
  stream: {
    only: 'for a stream',
    expected: '--ndjson',
    holds: ({ output }) => output === 'ndjson',
  },
  strict: { only: 'for a strict stream', expected: '--strict', holds: ({ values }) => values.strict },
  notStrict: {
    only: 'for output with alerts',
    expected: 'no --strict',
    holds: ({ values }) => !values.strict,
  },
  records: {
    only: 'for records with all keys',
    expected: '--ndjson, --record FILE or the screen',
    holds: (situation) =>
      isRecording(situation) || (situation.output !== 'lines' && !situation.values.strict),
  },
  recording: { only: 'for a recording', expected: '--record FILE', holds: isRecording },
  anyRecording: {
    only: 'for a recording',
    expected: '--record FILE or the screen',
    holds: (situation) => isRecording(situation) || situation.output === 'screen',
  },
  rotation: {
    only: 'for rotated files',
    expected: '--rotate or --rotate-every',
    holds: ({ values }) => rotates(values),
  },
  compression: {
    only: 'for rotated files and NATS',
    expected: '--rotate, --rotate-every or --publish nats://HOST',
    holds: ({ values }) => rotates(values) || publishesToNats(values),
  },
  natsPublisher: {
    only: 'with NATS',
    expected: '--publish nats://HOST',
    holds: ({ values }) => publishesToNats(values),
  },
} as const satisfies Record<string, Condition>;

/** What a flag has an effect on. */
export type FlagUse = {
  inputs: readonly Input[];
  needs?: keyof typeof conditions;
  /** Whether the program at each guest gets the flag. The viewer gets the others. */
  farEnd?: true;
};

const all = ['local', 'remote', 'files', 'nats'] as const;
const here = ['local'] as const;
const live = ['local', 'remote'] as const;
const remote = ['remote'] as const;
const traces = ['files', 'nats'] as const;
const server = ['nats'] as const;

/** What each flag has an effect on. A flag that would have none is refused. */
export const flagUses = {
  ndjson: { inputs: here },
  lines: { inputs: here, needs: 'noStream' },
  strict: { inputs: here },
  initial: { inputs: here, needs: 'strict' },
  filter: { inputs: all },
  source: { inputs: live, farEnd: true },
  interval: { inputs: live, farEnd: true },
  cpuLimit: { inputs: live, farEnd: true },
  cpuLimitBusy: { inputs: live, farEnd: true },
  recordArgs: { inputs: live, needs: 'records' },
  recordCgroups: { inputs: live, needs: 'records' },
  alert: { inputs: live, needs: 'notStrict', farEnd: true },
  alerts: { inputs: live, farEnd: true },
  bell: { inputs: live, needs: 'screenOrLines' },
  dumpDir: { inputs: all, needs: 'screen' },
  theme: { inputs: all, needs: 'screenOrLines' },
  ascii: { inputs: all, needs: 'screenOrLines' },
  mouse: { inputs: all, needs: 'screen' },
  columns: { inputs: all, needs: 'screen' },
  bind: { inputs: all, needs: 'screen' },
  config: { inputs: all },
  record: { inputs: here },
  append: { inputs: here, needs: 'recording' },
  rotate: { inputs: here, needs: 'anyRecording' },
  rotateEvery: { inputs: here, needs: 'anyRecording' },
  keep: { inputs: here, needs: 'rotation' },
  gzip: { inputs: here, needs: 'compression' },
  fsync: { inputs: here, needs: 'anyRecording' },
  metrics: { inputs: here },
  for: { inputs: here },
  by: { inputs: all },
  top: { inputs: all },
  json: { inputs: all },
  to: { inputs: traces },
  proc: { inputs: live, farEnd: true },
  ssh: { inputs: remote },
  via: { inputs: remote },
  push: { inputs: remote },
  publish: { inputs: here },
  pulse: { inputs: here, needs: 'natsPublisher' },
  guests: { inputs: server },
  since: { inputs: server },
  create: { inputs: server },
  tether: { inputs: here, needs: 'stream' },
  help: { inputs: all },
  version: { inputs: all },
} as const satisfies Record<FlagName, FlagUse>;

/** The words of errors: what a flag needs, and what it cannot be combined with. */
const inputTexts: Readonly<Record<Input, { only: string; expected: string; not?: string }>> = {
  local: { only: 'for live capture', expected: '--for TIME' },
  remote: { only: 'for guests', expected: '--ssh or --via', not: '--ssh or --via' },
  files: { only: 'for recordings', expected: 'FILE' },
  nats: { only: 'with a NATS URL', expected: 'nats://HOST', not: 'a NATS URL' },
};

/** Returns what a command reads. */
export const inputOf = (command: CommandName, operands: readonly string[], values: FlagValues): Input => {
  if (command === 'watch') return values.ssh || values.via !== undefined ? 'remote' : 'local';
  if (operands.some(isNatsUrl) && command !== 'record') return 'nats';
  const isLive = command === 'record' || command === 'check' || values.for !== undefined;
  return isLive ? 'local' : 'files';
};

/** Returns why a flag has no effect on an input, for the end of an error. Undefined if it has one. */
export const uselessReason = (name: FlagName, input: Input, situation: Situation): string | undefined => {
  const { inputs, needs }: FlagUse = flagUses[name];
  if (!inputs.includes(input)) {
    const { not } = inputTexts[input];
    if (not !== undefined) return `not with ${not}`;
    const { only, expected } = inputTexts[inputs[0] as Input];
    return `only ${only} (expected ${expected})`;
  }
  const condition = needs && conditions[needs];
  if (!condition || condition.holds(situation)) return undefined;
  return `only ${condition.only} (expected ${condition.expected})`;
};

/** Returns whether a flag was given, other than as the opposite of a switch that is off. */
const isGiven = ({ value, negated, tristate }: Flag, raw: unknown): boolean =>
  raw !== undefined && (value !== undefined || tristate === true || raw !== (negated === true));

/** @throws UsageError for a flag of the command line that has no effect. The configuration file may contain such flags. */
export const refuseUseless = (given: RawFlags, input: Input, situation: Situation): void => {
  if (situation.values.help || situation.values.version) return;
  // Guests are shown on the screen, and so are recordings.
  const output = situation.command === 'watch' && input === 'local' ? situation.output : 'screen';
  for (const [key, flag] of Object.entries<Flag>(flags)) {
    if (!isGiven(flag, given[key])) continue;
    const reason = uselessReason(key as FlagName, input, { ...situation, output });
    if (reason !== undefined) throw new UsageError(`--${flag.name}: ${reason}`);
  }
};

/** Returns the flags for the program at each guest, as typed or as in the configuration file. */
export const farEndArguments = (raw: RawFlags): string[] =>
  Object.entries<Flag>(flags).flatMap(([key, flag]) => {
    const { farEnd }: FlagUse = flagUses[key as FlagName];
    if (!farEnd || !isGiven(flag, raw[key])) return [];
    if (flag.value === undefined) return [`--${flag.name}`];
    return [raw[key]].flat().map((text) => `--${flag.name}=${text}`);
  });
