import { accessSync, constants, statSync } from 'node:fs';
import meow from 'meow';
import { openLive } from '../capture/client.ts';
import { parseFilter } from '../domain/filter/filter.ts';
import { printable } from '../domain/printable.ts';
import { counted } from '../domain/text.ts';
import { ProcError } from '../proc/errors.ts';
import { type Flag, type FlagValues, flags, readFlags } from './flags.ts';
import { helpText } from './help.ts';
import { untilInterrupted } from './signals.ts';
import { openTerminal } from './terminal.ts';
import { openUsers } from './users.ts';
import { version } from './version.ts';
import { exitCodes, explain, Refusal, reasonOf, UsageError } from './words.ts';

/** meow gets names and shorts only; values come as text and are read by the table. */
const meowFlags = Object.fromEntries(
  Object.entries<Flag>(flags).map(([name, { short, value }]) => [
    name,
    {
      type: value === undefined ? ('boolean' as const) : ('string' as const),
      ...(short && { shortFlag: short }),
    },
  ]),
);

/** @throws UsageError; what meow refuses by itself is a value given twice. */
const findFlags = (argv: readonly string[]) => {
  try {
    return meow({
      importMeta: import.meta,
      argv,
      flags: meowFlags,
      autoHelp: false,
      autoVersion: false,
      pkg: { name: 'churntop', bin: 'churntop' },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/\.$/, '').replace(/^The/, 'the'));
  }
};

const readArguments = (argv: readonly string[]): FlagValues => {
  const found = findFlags(argv);
  const [word] = found.input;
  if (word !== undefined) throw new UsageError(`unknown argument ${word}`);
  return readFlags(found.flags);
};

const run = async (argv: readonly string[]): Promise<void> => {
  const values = readArguments(argv);
  if (values.help) return print(helpText());
  if (values.version) return print(version);

  const filter = parseFilter(values.filter ?? '');
  if (!filter.ok)
    throw new UsageError(`--filter: ${printable(filter.error)} (at character ${filter.column + 1})`);
  if (process.platform !== 'linux') {
    throw new ProcError('churntop reads the proc file system of Linux; this is another system', {
      path: process.platform,
    });
  }
  const headless = values.ndjson || values.strict || !process.stdout.isTTY;
  if (!headless) assertScreen(values.out);

  const source = openLive({ root: values.proc, intervalNs: values.interval });
  const interrupted = untilInterrupted();
  if (headless) {
    const { runHeadless } = await import('./headless.ts');
    const { strict, initial } = values;
    const { dropped } = await runHeadless({
      source,
      out: process.stdout,
      filter,
      userName: openUsers(),
      strict,
      initial,
      interrupted,
    });
    if (strict && dropped > 0) say(`${counted(dropped, 'record')} dropped: the reader was too slow`);
    return;
  }
  const { runScreen } = await import('./screen.tsx');
  const terminal = openTerminal(process.stdout);
  const hungUp = new Promise<void>((resolve) => process.stdout.on('error', () => resolve()));
  await runScreen({
    source,
    terminal,
    filter: filter.text,
    directory: values.out ?? '.',
    interrupted: Promise.race([interrupted, hungUp]),
  });
};

/** Refuse before the screen is taken over, not at the first dump. */
const assertScreen = (directory: string | undefined): void => {
  if (!process.stdin.isTTY)
    throw new Refusal('the screen needs a terminal for its keys; use --ndjson without one');
  if (process.env.TERM === 'dumb') throw new Refusal('TERM=dumb has no screen; use --ndjson');
  if (directory === undefined) return;
  try {
    if (!statSync(directory).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Refusal(`--out ${directory}: ${reasonOf(error)}`);
  }
};

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (text: string): void => void process.stderr.write(`churntop: ${text}\n`);

const end = (error: unknown): never => {
  const { sentence, code } = explain(error);
  say(sentence);
  process.exit(code);
};

// Ink puts the terminal back when the process exits, whatever made it exit.
process.on('uncaughtException', end);
process.on('unhandledRejection', end);

try {
  await run(process.argv.slice(2));
  process.exitCode = exitCodes.ok.code;
} catch (error) {
  end(error);
}
process.exit();
