import { quoted } from '../../domain/filter/ast.ts';
import { remember, withFilter } from '../state/filter-input.ts';
import type { ViewState } from '../state/state.ts';
import { type Subject, windowOf } from '../views/row-list.ts';
import { choosing, moveChoice, pageRows } from './selection.ts';
import { chosenSubject, isInLog, listOf, type Scene, subjectOf } from './selectors.ts';

export const detailing = (state: ViewState, detailed: Subject | undefined): ViewState =>
  detailed ? { ...state, mode: 'details', detailed } : state;

/** The details follow the choice; where nothing was chosen (they are of the log's last line) they stay. */
export const nextDetails = (state: ViewState, by: 1 | -1, scene: Scene): ViewState => {
  if (isInLog(state)) return state;
  const moved = moveChoice(state, by, scene);
  return detailing(moved, chosenSubject(scene, moved));
};

const filterTexts: Readonly<
  Record<'comm' | 'subtree', (of: Pick<Subject, 'comm' | 'pid'>) => string | undefined>
> = {
  comm: ({ comm }) => (comm === undefined ? undefined : `comm=${quoted(comm)}`),
  subtree: ({ pid }) => (pid === undefined ? undefined : `under=${pid}`),
};

/** The same filter asked for again is taken off. */
export const filterBy = (state: ViewState, what: 'comm' | 'subtree', scene: Scene): ViewState => {
  const subject = subjectOf(scene, state);
  const text = subject && filterTexts[what](subject);
  const back: ViewState = { ...state, mode: 'normal', detailed: undefined };
  // Whoever was chosen may have left since; then the key means the filter it made.
  const meant = state.mode === 'details' || chosenSubject(scene, state) !== undefined;
  const again = state.filterText === text || (!meant && filterForms[what].test(state.filterText));
  if (again) return withFilter(back, '');
  return text === undefined ? unchosen(state) : remember(withFilter(back, text));
};

/** What the key has put into the line. */
const filterForms: Readonly<Record<'comm' | 'subtree', RegExp>> = {
  comm: /^comm=(?:[^\s,"']+|"(?:[^"]|"")*")$/,
  subtree: /^under=\d+$/,
};

/** A key that means a row, where none is chosen, says so. */
const unchosen = (state: ViewState): ViewState => ({
  ...state,
  notice: { text: 'no row is chosen; j, k or a press of the mouse chooses one', tone: 'error' },
});

const mostMarks = 64;

/** Beyond so many the oldest mark goes. */
export const toggleMark = (state: ViewState, scene: Scene): ViewState => {
  const chosen = chosenSubject(scene, state);
  if (!chosen) return unchosen(state);
  const others = state.marks.filter((key) => key !== chosen.key);
  const marks = others.length < state.marks.length ? others : [...others, chosen.key].slice(-mostMarks);
  return { ...state, marks };
};

/** To the next row that is marked; while none is, of the same name. Round and round. */
export const nextMatch = (state: ViewState, by: 1 | -1, scene: Scene): ViewState => {
  const list = listOf(scene, state);
  const { top, chosen } = windowOf(list, state.choice, pageRows(state));
  const marks = state.marks.filter((key) => list.find(key) >= 0);
  const comm = chosen === undefined ? undefined : list.subject(chosen).comm;
  if (marks.length === 0 && comm === undefined) return unchosen(state);
  const matches = (subject: Subject) =>
    marks.length > 0 ? marks.includes(subject.key) : subject.comm === comm;
  const from = chosen ?? (by > 0 ? -1 : 0);
  for (let step = 1; step <= list.length; step++) {
    const index = (list.length + from + by * step) % list.length;
    if (matches(list.subject(index))) return choosing(state, list, index, top);
  }
  return state;
};
