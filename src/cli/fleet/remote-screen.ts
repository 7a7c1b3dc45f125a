import { FleetSource } from '../../fleet/core/fleet-source.ts';
import { type CommandContext, recordedFields } from '../commands/context.ts';
import { runScreen } from '../commands/screen.tsx';
import { hangupSignal } from '../support/signals.ts';
import { Terminal } from '../terminal/terminal.ts';
import { openRemoteLink } from './remote.ts';

/** Runs `churntop --ssh HOSTS` and `churntop --via COMMAND GUEST…`. @throws UsageError, CliError */
export const runRemoteScreen = async ({
  files,
  values,
  filter,
  signal,
  farEndArguments,
}: CommandContext & { farEndArguments: readonly string[] }): Promise<void> => {
  const link = await openRemoteLink(values, files, farEndArguments);
  // A single guest is shown like this one.
  const focused = link.ids.length === 1 ? link.ids[0] : undefined;
  await runScreen({
    source: new FleetSource(link, { focused }),
    terminal: new Terminal(process.stdout),
    filter: filter.text,
    display: values,
    dumpDirectory: values.dumpDir ?? '.',
    recorded: recordedFields(values, filter),
    signal: AbortSignal.any([signal, hangupSignal(process.stdout)]),
  });
};
