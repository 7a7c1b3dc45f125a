/** The rows of a view, as far as choosing among them goes. */
export type RowList = {
  length: number;
  /** Where the row of this key is; -1 where there is none. */
  indexOfKey: (key: string) => number;
  /** Where the first row of this comm is; -1 where there is none. */
  indexOfComm: (comm: string) => number;
  targetAt: (index: number) => RowTarget;
};

/** What a row stands for. */
export type RowTarget = {
  /** Unlike that of any other row of its view. */
  key: string;
  /** Where it is of one name. */
  comm: string | undefined;
  /** Where it is one process. */
  pid: number | undefined;
};

/** Which part of a list is on screen: the chosen row keeps its place on the screen while others come and go. */
export const visibleWindow = (
  list: RowList,
  choice: Selection | undefined,
  pageRows: number,
): { top: number; selected: number | undefined } => {
  if (!choice || list.length === 0) return { top: 0, selected: undefined };
  const found = list.indexOfKey(choice.key);
  // It is gone: whoever stands in its place now is chosen.
  const selected = found >= 0 ? found : Math.min(choice.index, list.length - 1);
  const screenRow = Math.min(choice.screenRow, pageRows - 1);
  return { top: Math.max(0, Math.min(selected - screenRow, list.length - pageRows)), selected };
};

/** The chosen row: its key, where it was, and the screen row it keeps while others come and go. */
export type Selection = { key: string; index: number; screenRow: number };
