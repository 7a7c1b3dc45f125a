import { readFileSync } from 'node:fs';
import { parseTemplate, sshCommandLine } from '../../fleet/ssh/command-line.ts';
import { tetherTime } from '../../fleet/ssh/connection-process.ts';
import { ProcessLink } from '../../fleet/ssh/process-link.ts';
import { type PushedProgram, Pusher } from '../../fleet/ssh/push.ts';
import { parseTargets, TargetError } from '../../fleet/ssh/targets.ts';
import type { FlagValues } from '../args/flags.ts';
import { CliError, describeError, UsageError } from '../support/errors.ts';

/** The command at the far end. Arguments and cgroups are for the screen, which writes them only with the flags. */
const streamCommand = ['churntop', '--ndjson', '--record-args', '--record-cgroups', `--tether=${tetherTime}`];

/** Opens the connections of `--ssh` or `--via`. The far ends get `farEndArguments`. @throws UsageError, CliError */
export const openRemoteLink = async (
  values: FlagValues,
  operands: readonly string[],
  farEndArguments: readonly string[],
): Promise<ProcessLink> => {
  const { ssh, via, push } = values;
  if (ssh && via !== undefined) throw new UsageError('--ssh: cannot be combined with --via');
  if (via !== undefined && operands.length === 0)
    throw new UsageError('--via: missing operand (expected the names of guests)');
  const flag = ssh ? '--ssh' : '--via';
  try {
    return new ProcessLink({
      targets: parseTargets(ssh ?? operands, (path) => readHosts(path, flag)),
      commandLine: via === undefined ? sshCommandLine : parseTemplate(via),
      command: [...streamCommand, ...farEndArguments],
      pusher: push ? new Pusher(await pushedPrograms()) : undefined,
    });
  } catch (error) {
    if (error instanceof TargetError) throw new UsageError(`${flag}: ${error.message}`);
    throw error;
  }
};

const readHosts = (path: string, flag: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(`${flag}: @${path}: ${describeError(error)}`);
  }
};

/** Names of processors, as `uname -m` prints them. */
const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Returns whether this program is a single executable. */
const isExecutable = (): boolean => {
  // Absent in the first releases of Node 20.
  const sea = process.getBuiltinModule?.('node:sea') as { isSea(): boolean } | undefined;
  return sea?.isSea() ?? false;
};

/** Returns what can be sent: a script of 85 KB, and this program if it is a single executable. */
const pushedPrograms = async (): Promise<PushedProgram[]> => {
  const { streamProgram } = await import('./stream-program.ts');
  const programs: PushedProgram[] = [{ kind: 'script', content: Buffer.from(streamProgram), level: 9 }];
  if (isExecutable())
    programs.push({
      kind: 'executable',
      machine: machines[process.arch],
      content: readFileSync(process.execPath),
      level: 1,
    });
  return programs;
};
