import { addAbortListener } from 'node:events';
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { openLive } from '../capture/live-source.ts';
import type { CompiledFilter } from '../domain/filter/filter.ts';
import { matchAll } from '../domain/filter/match-all.ts';
import { ProcError } from '../proc/errors.ts';
import { dumpFileNames } from '../trace/write/dump.ts';
import { printable } from '../util/printable.ts';
import { readArguments } from './args/arguments.ts';
import type { FlagValues } from './args/flags.ts';
import { outputModeOf } from './args/output-mode.ts';
import { alertRules, liveOptions, recordedFields, recordedInfo } from './commands/context.ts';
import { type RecordCompanion, runRecord } from './commands/record.ts';
import { recordOptionsFrom } from './commands/recording.ts';
import { RecordingToggle } from './commands/recording-toggle.ts';
import { outputModes } from './output-modes.ts';
import { CliError, describeError, UsageError } from './support/errors.ts';
import { exitProcess } from './support/exit.ts';
import { exitCodes, toExitError } from './support/exit-codes.ts';
import { limitHeapGrowth } from './support/heap.ts';
import { Output, printMessage } from './support/output.ts';
import { hangupSignal, shutdownSignal } from './support/signals.ts';
import { tool, version } from './support/version.ts';
import { closeLostTerminals, restoreTerminal } from './terminal/restore.ts';
import { assertScreenOutput } from './terminal/screen-output.ts';

const main = async (argv: readonly string[]): Promise<void> => {
  const { command, operands, values, farEndArguments } = await readArguments(argv);
  const output = () => new Output(process.stdout);
  if (values.help) {
    const { helpText } = await import('./args/help.ts');
    return output().write(`${helpText(command)}\n`);
  }
  if (values.version) return output().write(`${version}\n`);

  const filter = values.filter ? await parseFilterFlag(values.filter) : matchAll;
  if (command !== 'watch' && command !== 'record') {
    const { lazyCommands } = await import('./commands/lazy.ts');
    return lazyCommands[command]({ values, files: operands, filter, signal: shutdownSignal(exitAtOnce) });
  }
  if (values.ssh || values.via !== undefined) {
    assertScreenOutput(values.ssh ? '--ssh' : '--via');
    assertScreenUsable(values.dumpDir);
    const { runRemoteScreen } = await import('./fleet/remote-screen.ts');
    const signal = shutdownSignal(exitAtOnce);
    return runRemoteScreen({ values, files: operands, filter, signal, farEndArguments });
  }
  if (process.platform !== 'linux')
    throw new ProcError('unsupported system (expected linux)', { path: process.platform });
  const outputMode = outputModeOf(values);
  if (command === 'watch' && outputMode === 'screen') assertScreenUsable(values.dumpDir);
  else limitHeapGrowth();

  const readsScreenFields = command === 'watch' && outputMode !== 'ndjson';
  const source = openLive({
    ...liveOptions(values, filter, readsScreenFields),
    alerts: alertRules(values),
  });
  const signal = shutdownSignal(exitAtOnce);
  // Fails before a screen or a file is opened.
  if (values.source === 'kernel') await source.started();
  const optionsFor = (path: string) => ({
    path,
    info: recordedInfo(source.info, recordedFields(values, filter)),
    tool,
    filter: filter.text,
    ...recordOptionsFrom(values),
  });
  if (command === 'record') {
    await runRecord({
      source,
      options: optionsFor(operands[0] as string),
      signal,
      forNs: values.for,
      log: process.stderr,
      openCompanions: (onMessage) => openCompanions(operands[0] as string, values, onMessage),
    });
    return;
  }
  const recordingToggle = new RecordingToggle({
    source,
    optionsFor,
    defaultPaths: () =>
      dumpFileNames(source.info.host, BigInt(Date.now()) * 1_000_000n).map((name) =>
        join(values.dumpDir ?? '.', name),
      ),
  });
  cleanup = async () => {
    await source.stop();
    const stopped = await recordingToggle.stop();
    if (stopped?.lost) printMessage(stopped.text);
  };
  if (values.record !== undefined) await recordingToggle.start(values.record);
  // The cleanup does not wait for the screen to close, so that the trace is completed even if the screen hangs.
  addAbortListener(signal, () => void runCleanup());
  await outputModes[outputMode]({
    source,
    values,
    filter,
    recordingToggle,
    signal: outputMode === 'screen' ? AbortSignal.any([signal, cleanupAfterHangup()]) : signal,
  });
};

/** Opens what runs next to a recording at `path`. @throws CliError, NatsError */
const openCompanions = async (
  path: string,
  values: FlagValues,
  onMessage: (text: string) => void,
): Promise<RecordCompanion[]> => {
  if (values.metrics === undefined && !values.publish) return [];
  const companions = await import('./fleet/companions.ts');
  return companions.openCompanions(path, values, onMessage);
};

/** @throws UsageError with the position of the error, from 1 */
const parseFilterFlag = async (text: string): Promise<CompiledFilter> => {
  const { loadRegexEngine, parseFilter } = await import('../domain/filter/filter.ts');
  await loadRegexEngine();
  const filter = parseFilter(text);
  if (filter.ok) return filter;
  throw new UsageError(`--filter: ${printable(filter.error)}, at character ${filter.column + 1}`);
};

/** Runs the cleanup when the terminal hangs up. Returns a signal that aborts after it. */
const cleanupAfterHangup = (): AbortSignal => {
  const controller = new AbortController();
  addAbortListener(hangupSignal(process.stdout), async () => {
    await runCleanup();
    controller.abort();
  });
  return controller.signal;
};

/** Stops the source and the recording before the process exits. */
let cleanup: (() => Promise<void>) | undefined;
let cleanedUp: Promise<void> | undefined;

/** Runs the cleanup once. */
const runCleanup = (): Promise<void> => {
  cleanedUp ??= cleanup?.();
  return cleanedUp ?? Promise.resolve();
};

/** Checks the terminal and the dump directory before the screen opens. @throws CliError */
const assertScreenUsable = (dumpDirectory: string | undefined): void => {
  if (!process.stdin.isTTY)
    throw new CliError('standard input: not a terminal (the screen needs one for its keys; use --ndjson)');
  if (dumpDirectory === undefined) return;
  try {
    if (!statSync(dumpDirectory).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(dumpDirectory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new CliError(`--dump-dir: ${dumpDirectory}: ${describeError(error)}`);
  }
};

/** Exits without waiting for the cleanup, after another shutdown signal. */
const exitAtOnce = (): void => {
  restoreTerminal();
  printMessage('interrupted again before everything was written');
  exitProcess(exitCodes.failure.code);
};

let exiting = false;
const exitWithError = (error: unknown): void => {
  // Ignores errors while exiting, because printing the message may fail, too.
  if (exiting) return;
  exiting = true;
  const { message, code } = toExitError(error);
  restoreTerminal();
  printMessage(message);
  void runCleanup().finally(() => exitProcess(code));
};

// Without it, Node appears as MainThread in lists of processes.
process.title = 'churntop';

process.on('exit', closeLostTerminals);
process.on('uncaughtException', exitWithError);
process.on('unhandledRejection', exitWithError);

main(process.argv.slice(2))
  .then(runCleanup)
  .then(() => exitProcess(exitCodes.ok.code))
  .catch(exitWithError);
