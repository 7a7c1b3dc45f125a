import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { type LiveSource, openLive } from '../capture/live-source.ts';
import type { Accepts } from '../domain/filter/filter.ts';
import { noFilter } from '../domain/filter/match-all.ts';
import { ProcError } from '../proc/errors.ts';
import { dumpNames } from '../trace/write/dump.ts';
import { counted } from '../util/format.ts';
import { printable } from '../util/text.ts';
import { readArguments } from './args/arguments.ts';
import type { FlagValues } from './args/flags.ts';
import { helpText } from './args/help.ts';
import { alertRules, liveOptions } from './commands/context.ts';
import { runRecord } from './commands/record.ts';
import { recordingRules } from './commands/recording.ts';
import { RecordingSwitch } from './commands/recording-toggle.ts';
import { runHeadless } from './commands/stream.ts';
import { exitCodes, explain, Refusal, reasonOf, UsageError } from './support/errors.ts';
import { keepHeapSmall } from './support/heap.ts';
import { Output } from './support/output.ts';
import { untilInterrupted } from './support/signals.ts';
import { openUsers } from './support/users.ts';
import { tool, version } from './support/version.ts';
import { openTerminal } from './terminal/terminal.ts';

const run = async (argv: readonly string[]): Promise<void> => {
  const { command, operands, values } = await readArguments(argv);
  const output = () => new Output(process.stdout);
  if (values.help) return output().write(`${helpText(command)}\n`);
  if (values.version) return output().write(`${version}\n`);

  const filter = values.filter ? await filterOf(values.filter) : noFilter;
  if (command !== 'watch' && command !== 'record') {
    const { apart } = await import('./commands/lazy.ts');
    return apart[command]({ values, files: operands, filter, interrupted: untilInterrupted() });
  }
  if (process.platform !== 'linux') {
    throw new ProcError('churntop reads the proc file system of Linux; this is another system', {
      path: process.platform,
    });
  }
  const shape = shapeOf(values);
  const onScreen = command === 'watch' && shape === 'screen';
  if (onScreen) assertScreen(values.out);
  else keepHeapSmall();

  const source = openLive({ ...liveOptions(values, filter), alerts: alertRules(values) });
  const interrupted = untilInterrupted();
  const recordTo = (path: string) => ({
    path,
    info: source.info,
    tool,
    filter: filter.text,
    ...recordingRules(values),
  });
  if (command === 'record') {
    await runRecord({
      source,
      options: recordTo(operands[0] as string),
      interrupted: values.for === undefined ? interrupted : Promise.race([interrupted, after(values.for)]),
      log: process.stderr,
    });
    return;
  }
  const recordings = new RecordingSwitch({
    source,
    recordTo,
    freshPaths: () =>
      dumpNames(source.info.host, BigInt(Date.now()) * 1_000_000n).map((name) =>
        join(values.out ?? '.', name),
      ),
  });
  closing = async () => {
    await source.stop();
    const ended = await recordings.stop();
    if (ended?.lost) say(ended.text);
  };
  if (values.record !== undefined) await recordings.start(values.record);
  // Not only when the screen has let go: one that hangs must not take the trace with it.
  interrupted.then(close);
  const ending = shape === 'screen' ? Promise.race([interrupted, hangUp()]) : interrupted;
  await shows[shape]({ source, values, filter, recordings, interrupted: ending });
};

/** @throws UsageError */
const filterOf = async (text: string): Promise<Accepts> => {
  const { parseFilter } = await import('../domain/filter/filter.ts');
  const filter = parseFilter(text);
  if (filter.ok) return filter;
  throw new UsageError(`--filter: ${printable(filter.error)} (at character ${filter.column + 1})`);
};

/** A terminal that hung up says so by failing. */
const hangUp = async (): Promise<void> => {
  await new Promise((resolve) => process.stdout.on('error', resolve));
  await close();
};

/** What must be done before the process ends, whatever ends it; once. */
let closing: (() => Promise<void>) | undefined;
let closed: Promise<void> | undefined;
const close = (): Promise<void> => {
  closed ??= closing?.();
  return closed ?? Promise.resolve();
};

type Show = (shown: {
  source: LiveSource;
  values: FlagValues;
  filter: Accepts;
  recordings: RecordingSwitch;
  interrupted: Promise<void>;
}) => Promise<void>;

const stream: Show = async ({ source, values: { strict, initial }, filter, interrupted }) => {
  const out = process.stdout;
  const { dropped } = await runHeadless({
    source,
    out,
    filter,
    userName: openUsers(),
    strict,
    initial,
    interrupted,
  });
  if (strict && dropped > 0) say(`${counted(dropped, 'record')} dropped: the reader was too slow`);
};

const watch: Show = async ({ source, values, filter, recordings, interrupted }) => {
  // While the screen is loaded the sampler begins, on the other core.
  source.begin();
  const { looksOf, runScreen } = await import('./commands/screen.tsx');
  const terminal = openTerminal(process.stdout);
  await runScreen({
    source,
    terminal,
    filter: filter.text,
    looks: looksOf(values),
    directory: values.out ?? '.',
    recordings,
    interrupted,
  });
};

const lines: Show = async ({ source, values, filter, interrupted }) => {
  const { runLines, themeOf } = await import('./commands/lazy.ts');
  const out = process.stdout;
  const theme = themeOf(values, !out.isTTY || process.env.TERM === 'dumb');
  const bell = values.bell && out.isTTY;
  await runLines({ source, out, filter, userName: openUsers(), theme, bell, interrupted });
};

const shows = { ndjson: stream, lines, screen: watch } as const satisfies Record<string, Show>;

/** What is asked for comes first, then what the output can show. */
const shapeOf = ({ ndjson, strict, lines: plain }: FlagValues): keyof typeof shows => {
  if (ndjson || strict) return 'ndjson';
  if (plain) return 'lines';
  if (!process.stdout.isTTY) return 'ndjson';
  return process.env.TERM === 'dumb' || process.env.INK_SCREEN_READER === 'true' ? 'lines' : 'screen';
};

const longestTimerMs = 2 ** 31 - 1;

const after = async (ns: bigint): Promise<void> => {
  for (let leftMs = Number(ns / 1_000_000n); leftMs > 0; leftMs -= longestTimerMs)
    await new Promise((resolve) => setTimeout(resolve, Math.min(leftMs, longestTimerMs)));
};

/** Refuse before the screen is taken over, not at the first dump. */
const assertScreen = (directory: string | undefined): void => {
  if (!process.stdin.isTTY)
    throw new Refusal('the screen needs a terminal for its keys; use --ndjson without one');
  if (directory === undefined) return;
  try {
    if (!statSync(directory).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Refusal(`--out ${directory}: ${reasonOf(error)}`);
  }
};

const say = (text: string): void => void process.stderr.write(`churntop: ${text}\n`);

let ending = false;
const end = (error: unknown): void => {
  // On the way out anything may fail again, the very words for it first of all.
  if (ending) return;
  ending = true;
  const { sentence, code } = explain(error);
  say(sentence);
  void close().finally(() => process.exit(code));
};

// In lists of processes Node would call it MainThread, ours among them.
process.title = 'churntop';

// Ink puts the terminal back when the process exits, whatever made it exit.
process.on('uncaughtException', end);
process.on('unhandledRejection', end);

run(process.argv.slice(2))
  .then(close)
  .then(() => process.exit(exitCodes.ok.code))
  .catch(end);
