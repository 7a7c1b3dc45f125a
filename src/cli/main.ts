import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { type LiveSource, openLive } from '../capture/live-source.ts';
import type { CompiledFilter } from '../domain/filter/filter.ts';
import { matchAll } from '../domain/filter/match-all.ts';
import { ProcError } from '../proc/errors.ts';
import { dumpFileNames } from '../trace/write/dump.ts';
import { formatCount } from '../util/format.ts';
import { printable } from '../util/text.ts';
import { readArguments } from './args/arguments.ts';
import type { FlagValues } from './args/flags.ts';
import { helpText } from './args/help.ts';
import { alertRules, liveOptions } from './commands/context.ts';
import { runRecord } from './commands/record.ts';
import { recordOptionsFrom } from './commands/recording.ts';
import { RecordingToggle } from './commands/recording-toggle.ts';
import { runStream } from './commands/stream.ts';
import { CliError, describeError, exitCodes, toExitError, UsageError } from './support/errors.ts';
import { limitHeapGrowth } from './support/heap.ts';
import { Output } from './support/output.ts';
import { shutdownSignal } from './support/signals.ts';
import { openUserNames } from './support/users.ts';
import { tool, version } from './support/version.ts';
import { openTerminal } from './terminal/terminal.ts';

const main = async (argv: readonly string[]): Promise<void> => {
  const { command, operands, values } = await readArguments(argv);
  const output = () => new Output(process.stdout);
  if (values.help) return output().write(`${helpText(command)}\n`);
  if (values.version) return output().write(`${version}\n`);

  const filter = values.filter ? await parseFilterFlag(values.filter) : matchAll;
  if (command !== 'watch' && command !== 'record') {
    const { lazyCommands } = await import('./commands/lazy.ts');
    return lazyCommands[command]({ values, files: operands, filter, interrupted: shutdownSignal() });
  }
  if (process.platform !== 'linux') {
    throw new ProcError('churntop reads the proc file system of Linux; this is another system', {
      path: process.platform,
    });
  }
  const shape = outputModeOf(values);
  const onScreen = command === 'watch' && shape === 'screen';
  if (onScreen) assertTerminal(values.out);
  else limitHeapGrowth();

  const source = openLive({ ...liveOptions(values, filter), alerts: alertRules(values) });
  const interrupted = shutdownSignal();
  const optionsFor = (path: string) => ({
    path,
    info: source.info,
    tool,
    filter: filter.text,
    ...recordOptionsFrom(values),
  });
  if (command === 'record') {
    await runRecord({
      source,
      options: optionsFor(operands[0] as string),
      interrupted: values.for === undefined ? interrupted : Promise.race([interrupted, delay(values.for)]),
      log: process.stderr,
    });
    return;
  }
  const recordings = new RecordingToggle({
    source,
    optionsFor,
    defaultPaths: () =>
      dumpFileNames(source.info.host, BigInt(Date.now()) * 1_000_000n).map((name) =>
        join(values.out ?? '.', name),
      ),
  });
  cleanup = async () => {
    await source.stop();
    const ended = await recordings.stop();
    if (ended?.lost) printMessage(ended.text);
  };
  if (values.record !== undefined) await recordings.start(values.record);
  // Not only when the screen has let go: one that hangs must not take the trace with it.
  interrupted.then(runCleanup);
  const ending = shape === 'screen' ? Promise.race([interrupted, terminalHangup()]) : interrupted;
  await outputModes[shape]({ source, values, filter, recordings, interrupted: ending });
};

/** @throws UsageError */
const parseFilterFlag = async (text: string): Promise<CompiledFilter> => {
  const { parseFilter } = await import('../domain/filter/filter.ts');
  const filter = parseFilter(text);
  if (filter.ok) return filter;
  throw new UsageError(`--filter: ${printable(filter.error)} (at character ${filter.column + 1})`);
};

/** A terminal that hung up says so by failing. */
const terminalHangup = async (): Promise<void> => {
  await new Promise((resolve) => process.stdout.on('error', resolve));
  await runCleanup();
};

/** What must be done before the process ends, whatever ends it; once. */
let cleanup: (() => Promise<void>) | undefined;
let cleanedUp: Promise<void> | undefined;
const runCleanup = (): Promise<void> => {
  cleanedUp ??= cleanup?.();
  return cleanedUp ?? Promise.resolve();
};

type OutputMode = (shown: {
  source: LiveSource;
  values: FlagValues;
  filter: CompiledFilter;
  recordings: RecordingToggle;
  interrupted: Promise<void>;
}) => Promise<void>;

const streamRecords: OutputMode = async ({ source, values: { strict, initial }, filter, interrupted }) => {
  const out = process.stdout;
  const { dropped } = await runStream({
    source,
    out,
    filter,
    userName: openUserNames(),
    strict,
    initial,
    interrupted,
  });
  if (strict && dropped > 0)
    printMessage(`${formatCount(dropped, 'record')} dropped: the reader was too slow`);
};

const showScreen: OutputMode = async ({
  source,
  values,
  filter,
  recordings: recordingToggle,
  interrupted,
}) => {
  // While the screen is loaded the sampler begins, on the other core.
  source.startEarly();
  const { looksOf, runScreen } = await import('./commands/screen.tsx');
  const terminal = openTerminal(process.stdout);
  await runScreen({
    source,
    terminal,
    filter: filter.text,
    display: looksOf(values),
    dumpDirectory: values.out ?? '.',
    recordingToggle,
    interrupted,
  });
};

const printLines: OutputMode = async ({ source, values, filter, interrupted }) => {
  const { runLines, themeOf } = await import('./commands/lazy.ts');
  const out = process.stdout;
  const theme = themeOf(values, !out.isTTY || process.env.TERM === 'dumb');
  const bell = values.bell && out.isTTY;
  await runLines({ source, out, filter, userName: openUserNames(), theme, bell, interrupted });
};

const outputModes = {
  ndjson: streamRecords,
  lines: printLines,
  screen: showScreen,
} as const satisfies Record<string, OutputMode>;

/** What is asked for comes first, then what the output can show. */
const outputModeOf = ({ ndjson, strict, lines: plain }: FlagValues): keyof typeof outputModes => {
  if (ndjson || strict) return 'ndjson';
  if (plain) return 'lines';
  if (!process.stdout.isTTY) return 'ndjson';
  return process.env.TERM === 'dumb' || process.env.INK_SCREEN_READER === 'true' ? 'lines' : 'screen';
};

const maxTimerMs = 2 ** 31 - 1;

const delay = async (ns: bigint): Promise<void> => {
  for (let leftMs = Number(ns / 1_000_000n); leftMs > 0; leftMs -= maxTimerMs)
    await new Promise((resolve) => setTimeout(resolve, Math.min(leftMs, maxTimerMs)));
};

/** Refuse before the screen is taken over, not at the first dump. */
const assertTerminal = (directory: string | undefined): void => {
  if (!process.stdin.isTTY)
    throw new CliError('the screen needs a terminal for its keys; use --ndjson without one');
  if (directory === undefined) return;
  try {
    if (!statSync(directory).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new CliError(`--out ${directory}: ${describeError(error)}`);
  }
};

const printMessage = (text: string): void => void process.stderr.write(`churntop: ${text}\n`);

let exiting = false;
const exitWithError = (error: unknown): void => {
  // On the way out anything may fail again, the very words for it first of all.
  if (exiting) return;
  exiting = true;
  const { sentence, code } = toExitError(error);
  printMessage(sentence);
  void runCleanup().finally(() => process.exit(code));
};

// In lists of processes Node would call it MainThread, ours among them.
process.title = 'churntop';

// Ink puts the terminal back when the process exits, whatever made it exit.
process.on('uncaughtException', exitWithError);
process.on('unhandledRejection', exitWithError);

main(process.argv.slice(2))
  .then(runCleanup)
  .then(() => process.exit(exitCodes.ok.code))
  .catch(exitWithError);
