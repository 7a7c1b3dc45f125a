import type { LiveSource } from '../capture/live-source.ts';
import type { CompiledFilter } from '../domain/filter/filter.ts';
import { formatCount } from '../util/format.ts';
import type { FlagValues } from './args/flags.ts';
import type { OutputMode } from './args/output-mode.ts';
import { recordedFields } from './commands/context.ts';
import type { RecordingToggle } from './commands/recording-toggle.ts';
import { runStream } from './commands/stream.ts';
import { printMessage } from './support/output.ts';
import { tetherSignal } from './support/tether.ts';
import { openUserNames } from './support/users.ts';
import { Terminal } from './terminal/terminal.ts';

type OutputModeOptions = {
  source: LiveSource;
  values: FlagValues;
  filter: CompiledFilter;
  recordingToggle: RecordingToggle;
  /** Aborts when the output should stop. */
  signal: AbortSignal;
};

type OutputWriter = (options: OutputModeOptions) => Promise<void>;

const streamRecords: OutputWriter = async ({ source, values, filter, signal }) => {
  const { strict, initial, tether } = values;
  const { dropped } = await runStream({
    source,
    out: process.stdout,
    filter,
    userName: openUserNames(),
    strict,
    initial,
    recorded: recordedFields(values, filter),
    signal: tether === undefined ? signal : AbortSignal.any([signal, tetherSignal(process.stdin, tether)]),
  });
  // A strict stream has no gap records.
  if (strict && dropped > 0)
    printMessage(`${formatCount(dropped, 'record')} dropped: the reader was too slow`);
};

const showScreen: OutputWriter = async ({ source, values, filter, recordingToggle, signal }) => {
  // The sampler starts on another core while the screen is loaded.
  source.startEarly();
  const { runScreen } = await import('./commands/screen.tsx');
  await runScreen({
    source,
    terminal: new Terminal(process.stdout),
    filter: filter.text,
    display: values,
    dumpDirectory: values.dumpDir ?? '.',
    recorded: recordedFields(values, filter),
    recordingToggle,
    signal,
  });
};

const printLines: OutputWriter = async ({ source, values, filter, signal }) => {
  const { resolveTheme, runLines } = await import('./commands/lazy.ts');
  const out = process.stdout;
  const theme = resolveTheme(values, !out.isTTY || process.env.TERM === 'dumb');
  const bell = values.bell && out.isTTY;
  await runLines({ source, out, filter, userName: openUserNames(), theme, bell, signal });
};

/** How each form of live output is written. */
export const outputModes = {
  ndjson: streamRecords,
  lines: printLines,
  screen: showScreen,
} as const satisfies Record<OutputMode, OutputWriter>;
