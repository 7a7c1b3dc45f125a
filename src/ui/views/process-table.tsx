import { isFailure } from '../../domain/events/exit-status.ts';
import { processKey } from '../../domain/events/process-id.ts';
import { isLastingZombie, type ProcessEntry } from '../../domain/processes/process-table.ts';
import type { UsageTable } from '../../domain/processes/process-usage.ts';
import { commandOfProcess, commandTitles } from '../../domain/views/commands.ts';
import { foundTextOf } from '../../store/navigation/search.ts';
import { processList } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { focusedGuestOf } from '../../store/status-row.ts';
import { type ProcessColumn, selectColumns } from '../../store/views/process-columns.ts';
import { visibleWindow } from '../../store/views/row-list.ts';
import { type CellContext, layoutColumns, userWidths } from '../../store/views/table-column.ts';
import { Rows } from '../components/row.tsx';
import { positionText, type RowOptions, rowLine, titleLine } from '../components/table.ts';
import type { ViewProps } from '../components/view-props.ts';
import { fit, fitCommand, wrap } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Role, Theme } from '../theme/theme.ts';

/** Processes are marked as new for this long after their spawn. */
export const newProcessNs = 1_000_000_000n;

/** The table of live and recently exited processes. `list` is filtered and sorted. */
export const ProcessTableView = ({
  snapshot,
  list,
  rows,
  width,
}: ViewProps & { list: readonly ProcessEntry[] }) => {
  const theme = useTheme();
  const { view, system, info, userName } = snapshot;
  const command = (process: ProcessEntry) => commandOfProcess(process, system, view.commandStyle);
  const rowList = processList(list, command);
  const { top, selected } = visibleWindow(rowList, view.selection, rows);
  const context: CellContext = {
    nowNs: system.nowNs,
    bootOffsetNs: info.bootOffsetNs,
    userName,
    state: (process) => stateLetter(process, system.usage),
    usage: system.usage,
    childrenCpu: system.childrenCpu,
    command,
    commandStyle: view.commandStyle,
  };
  const columns = layoutColumns(selectColumns(view.columns, system.table), width, {
    contentWidths: userWidths(system),
  });
  const lines = list.slice(top, top + rows).map((process, index) => {
    const marked = view.marks.includes(processKey(process));
    const isSelected = top + index === selected;
    const foundText = foundTextOf(rowList, top + index, view.searchText);
    return processLine(process, { context, columns, marked, selected: isSelected, foundText, width, theme });
  });
  if (lines.length === 0) lines.push(...noProcessLines(snapshot, { rows, width, theme }));
  const total = system.table.size + system.table.recentlyExited().length;
  const position = positionText({ top, rows, count: list.length, total });
  const title = titleLine(
    {
      columns,
      titleOf: (column) => (column.id === 'command' ? commandTitles[view.commandStyle] : column.title),
      order: view.orders.live,
      focused: view.pane === 'table',
      notes: [position],
      width,
    },
    theme,
  );
  return <Rows lines={[title, ...lines]} rows={rows + 1} />;
};

/** Formats a process. Only its sign, its comm and a failure are colored. */
const processLine = (
  process: ProcessEntry,
  {
    context,
    columns,
    marked,
    selected,
    foundText,
    width,
    theme,
  }: RowOptions<ProcessColumn> & { context: CellContext },
): string => {
  const { paint } = theme;
  const role = processRole(process, context.nowNs);
  const failed = isFailure(process.exitStatus);
  const exitRole = failed ? 'failure' : 'exit';
  const cells = columns.map(({ column, columnWidth }) => {
    const text = column.cell(process, context);
    if (column.id === 'command') {
      const command = fitCommand(text, columnWidth);
      return selected ? command : paint(role, command.trimEnd());
    }
    if (selected) return fit(text, columnWidth, column.align);
    if (column.id === 'exit' && failed) return paint('failure', fit(text, columnWidth, column.align));
    return paint(role === 'exited' ? 'dim' : 'value', fit(text, columnWidth, column.align));
  });
  const signRole = selected ? 'value' : role === 'exited' ? exitRole : role;
  const sign = paint(signRole, statusMark(process, context.nowNs));
  return rowLine({ sign, marked, selected, cells, width, foundText }, theme);
};

/** Returns the sign of a process: `+` new, `-` recently exited, `z` zombie. */
export const statusMark = (process: ProcessEntry, nowNs: bigint): string => {
  if (process.exitedNs !== undefined) return '-';
  if (isNew(process, nowNs)) return '+';
  return process.zombie ? 'z' : ' ';
};

const isNew = (process: ProcessEntry, nowNs: bigint) =>
  !process.initial && nowNs - process.firstSeenNs < newProcessNs;

/** Returns the style of a process. */
export const processRole = (process: ProcessEntry, nowNs: bigint): Role => {
  if (process.exitedNs !== undefined) return 'exited';
  if (process.zombie) return isLastingZombie(process, nowNs) ? 'zombie' : 'value';
  return isNew(process, nowNs) ? 'spawn' : process.kthread ? 'dim' : 'value';
};

const stateLetter = (process: ProcessEntry, usage: UsageTable): string => {
  if (process.exitedNs !== undefined) return '×';
  if (process.zombie) return 'Z';
  return usage.get(process)?.state ?? ' ';
};

/** Returns the rows of an empty process list: for a guest that has sent nothing, the whole reason. */
export const noProcessLines = (
  snapshot: Snapshot,
  { rows, width, theme }: { rows: number; width: number; theme: Theme },
): string[] => {
  const reason = snapshot.system.nowNs === 0n ? focusedGuestOf(snapshot)?.reason : undefined;
  const lines =
    reason === undefined
      ? [noProcessText(snapshot)]
      : wrap(reason, width - 2, rows).map((line) => `  ${line}`);
  return lines.map((line) => theme.paint('dim', fit(line, width)));
};

/** Returns the text of an empty process list. */
export const noProcessText = ({ system, view, info }: Snapshot): string => {
  if (system.nowNs === 0n && info.trace !== undefined) return '  no records yet';
  if (system.nowNs === 0n) return '  waiting for processes…';
  return view.filter.text === '' ? '  no live processes' : `  no process matches ${view.filter.text}`;
};
