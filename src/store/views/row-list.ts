import type { Grouping } from '../../domain/stats/groups.ts';

/** A group of the churn view. */
export type GroupId = { grouping: Grouping; key: string };

/** The rows of a view, as needed to select one of them. */
export type RowList = {
  length: number;
  /** Returns the index of the row with this key, or -1. */
  indexOfKey: (key: string) => number;
  /** Returns the index of the first row with this comm, or -1. */
  indexOfComm: (comm: string) => number;
  targetAt: (index: number) => RowTarget;
  /** Returns the text of a row that a search looks in. Default: the comm of its target. */
  textAt?: (index: number) => string;
};

/** The process or group that a row shows. */
export type RowTarget = {
  /** Unique within the view. */
  key: string;
  /** Undefined if the row is not for a single comm. */
  comm: string | undefined;
  /** Undefined if the row is not for a single process. */
  pid: number | undefined;
  /** The group of a row of the churn or failures view. */
  group?: GroupId;
};

/** The selected row: its key, its last known index, and the screen row that it keeps while other rows change. */
export type Selection = { key: string; index: number; screenRow: number };

/**
 * Computes the visible window of a list: the index of its first row, and of the selected row. The selected row keeps its
 * screen position while other rows are added or removed.
 */
export const visibleWindow = (
  list: RowList,
  selection: Selection | undefined,
  pageRows: number,
): { top: number; selected: number | undefined } => {
  if (!selection || list.length === 0) return { top: 0, selected: undefined };
  const found = list.indexOfKey(selection.key);
  // If the row was removed, the row at its index is selected.
  const selected = found >= 0 ? found : Math.min(selection.index, list.length - 1);
  const screenRow = Math.min(selection.screenRow, pageRows - 1);
  return { top: Math.max(0, Math.min(selected - screenRow, list.length - pageRows)), selected };
};
