import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { EventSource } from '../../domain/source/event-source.ts';
import { followTrace } from '../../trace/replay/follow.ts';
import { openReplay } from '../../trace/replay/open-replay.ts';
import type { FlagValues } from '../args/flags.ts';
import { CliError, describeError, UsageError } from '../support/errors.ts';
import { hangupSignal, orAborted } from '../support/signals.ts';
import { assertScreenOutput } from '../terminal/screen-output.ts';
import { Terminal } from '../terminal/terminal.ts';
import { type CommandContext, natsUrlOf } from './context.ts';

/** Runs `churntop view FILE…|-`. */
export const runView = async ({ files, values, filter, signal }: CommandContext): Promise<void> => {
  if (files.length === 0)
    throw new UsageError('view: missing operand (expected FILE, or - for standard input)');
  const url = natsUrlOf(files);
  const piped = files.includes('-');
  if (piped && files.length > 1) throw new UsageError('-: cannot be combined with files');
  assertScreenOutput('view');
  if (!piped && !process.stdin.isTTY)
    throw new CliError('standard input: not a terminal (view needs one for its keys)');
  const keys = piped ? openKeyInput() : undefined;
  /** Shows a source until the screen closes. Returns what is to be replayed after it. */
  const show = async ({ source, replay }: Opened): Promise<Opened | undefined> => {
    const { runScreen } = await import('./screen.tsx');
    let next: Promise<Opened> | undefined;
    await runScreen({
      source,
      terminal: new Terminal(process.stdout),
      keys,
      filter: filter.text,
      display: values,
      dumpDirectory: values.dumpDir ?? '.',
      onReplay: replay && ((guest) => (next = replay(guest))),
      signal: AbortSignal.any([signal, hangupSignal(process.stdout)]),
    });
    return next && orAborted(next, signal);
  };
  const open = async (): Promise<Opened> =>
    url === undefined ? openTraces(files) : { source: await openUrl(url, values, signal) };
  // Undefined if it was interrupted before the first frame.
  let opened = piped ? { source: followTrace(process.stdin) } : await orAborted(open(), signal);
  while (opened) opened = await show(opened);
};

/** A source, and how to replay the recording of one of its guests. */
type Opened = { source: EventSource; replay?: (guest: string) => Promise<Opened> };

const openUrl = async (url: string, values: FlagValues, signal: AbortSignal): Promise<EventSource> => {
  const { openNatsSource } = await import('../nats/nats-view.ts');
  return openNatsSource(url, values, signal);
};

/** Opens a replay of one guest, or the recordings of several. */
const openTraces = async (files: readonly string[]): Promise<Opened> => {
  try {
    const { groupByGuest, openGuestFiles } = await import('../../fleet/files/open-files.ts');
    const guests = await groupByGuest(files);
    if (guests.length <= 1) return { source: await openReplay(guests[0]?.paths ?? files) };
    const pathsOf = (guest: string) => guests.find(({ id }) => id === guest)?.paths ?? [];
    return {
      source: openGuestFiles(guests),
      replay: async (guest) => ({ source: await openReplay(pathsOf(guest)) }),
    };
  } catch (error) {
    const { path = files.join(' '), code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CliError(`${path}: ${describeError(error)}`);
  }
};

/** Opens the controlling terminal for keys, because standard input carries the trace. */
const openKeyInput = (): ReadStream => {
  if (process.stdin.isTTY) throw new CliError('-: standard input is a terminal (expected a trace)');
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch (error) {
    throw new CliError(`/dev/tty: ${describeError(error)}`);
  }
};
