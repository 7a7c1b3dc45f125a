import { type CommandStyle, commandStyles, commandText } from '../commands/command-text.ts';
import type { ProbeEvent } from '../events/event.ts';
import type { ExitGroup } from '../processes/exit-groups.ts';
import type { ProcessEntry } from '../processes/process-table.ts';
import type { LogEntry, SystemState } from '../processes/system-state.ts';
import type { Lifespan } from './lifespans.ts';
import type { TreeNode } from './tree-rows.ts';

/** Titles of the column of commands. */
export const commandTitles: Readonly<Record<CommandStyle, string>> = {
  command: 'COMMAND',
  path: 'COMMAND',
  comm: 'COMM',
};

/** Descriptions of the styles, for a message. */
export const commandStyleTexts: Readonly<Record<CommandStyle, string>> = {
  command: 'commands: program and arguments',
  path: 'commands: with the path of the program',
  comm: 'commands: comm only',
};

/** Returns the style after this one. */
export const nextCommandStyle = (style: CommandStyle): CommandStyle =>
  commandStyles[(commandStyles.indexOf(style) + 1) % commandStyles.length] as CommandStyle;

/** Returns the command of a process in the table. */
export const commandOfProcess = (
  process: ProcessEntry,
  { ancestry }: SystemState,
  style: CommandStyle,
): string => {
  const { comm, kthread, zombie } = process;
  const args = style === 'comm' ? undefined : ancestry.find(process)?.nameHistory.args;
  return commandText({ comm, args, kthread, zombie }, style);
};

/** Returns the command of a node of the tree; empty if it has none. */
export const commandOfNode = (node: TreeNode, system: SystemState, style: CommandStyle): string => {
  if (node.kind === 'live') return commandOfProcess(node.process, system, style);
  return node.kind === 'exitGroup' ? commandOfExitGroup(node.group, style) : '';
};

/** Returns the command of the exits of a group. What differs between them is `…`. */
export const commandOfExitGroup = (
  { comm, args, argsVary }: Pick<ExitGroup, 'comm' | 'args' | 'argsVary'>,
  style: CommandStyle,
): string => {
  const text = commandText({ comm, args }, style);
  return argsVary && style !== 'comm' && args?.length ? `${text} …` : text;
};

/** Returns the command of a lifespan. */
export const commandOfLifespan = (
  lifespan: Lifespan,
  { ancestry }: SystemState,
  style: CommandStyle,
): string => {
  const { comm } = lifespan;
  const args = style === 'comm' ? undefined : ancestry.find(lifespan)?.nameHistory.args;
  return commandText({ comm, args }, style);
};

/**
 * Returns the command of a log entry as of the time of its event. A spawn that is followed by an exec has the command of
 * the new program.
 */
export const commandOfEntry = ({ origin }: LogEntry, event: ProbeEvent, style: CommandStyle): string => {
  const comm = event.guest_comm;
  if (!origin) return commandText({ comm, args: argsOf(event) }, style);
  const { names, program, programArgs, args, latestExecNs } = origin.nameHistory;
  switch (event.probe_source) {
    case 'process.spawned': {
      if (program !== undefined) return commandText({ comm: program, args: programArgs }, style);
      const { kthread } = event;
      return commandText(
        { comm, args: event.args ?? (names.length === 1 ? args : undefined), kthread },
        style,
      );
    }
    case 'process.exec': {
      const isLatest = event.renamed || event.guest_monotonic_ns === latestExecNs;
      return commandText({ comm, args: event.args ?? (isLatest ? args : undefined) }, style);
    }
    default:
      return commandText({ comm, args }, style);
  }
};

const argsOf = (event: ProbeEvent): readonly string[] | undefined =>
  'args' in event ? event.args : undefined;
