/** The rows of a view, as far as choosing among them goes. */
export type List = {
  length: number;
  /** Where the row of this key is; -1 where there is none. */
  find: (key: string) => number;
  /** Where the first row of this comm is; -1 where there is none. */
  findComm: (comm: string) => number;
  subject: (index: number) => Subject;
};

/** What a row stands for. */
export type Subject = {
  /** Unlike that of any other row of its view. */
  key: string;
  /** Where it is of one name. */
  comm: string | undefined;
  /** Where it is one process. */
  pid: number | undefined;
};

/** Which part of a list is on screen: the chosen row keeps its place on the screen while others come and go. */
export const windowOf = (
  list: List,
  choice: Choice | undefined,
  page: number,
): { top: number; chosen: number | undefined } => {
  if (!choice || list.length === 0) return { top: 0, chosen: undefined };
  const found = list.find(choice.key);
  // It is gone: whoever stands in its place now is chosen.
  const chosen = found >= 0 ? found : Math.min(choice.index, list.length - 1);
  const screenRow = Math.min(choice.screenRow, page - 1);
  return { top: Math.max(0, Math.min(chosen - screenRow, list.length - page)), chosen };
};

/** The chosen row: its key, where it was, and the screen row it keeps while others come and go. */
export type Choice = { key: string; index: number; screenRow: number };
