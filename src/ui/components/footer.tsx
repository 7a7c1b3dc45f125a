import { keyLabel } from '../../store/keys/key-names.ts';
import { bindingsFor, keysOf } from '../../store/keys/keymap.ts';
import type { Snapshot } from '../../store/store.ts';
import { printable } from '../../util/text.ts';
import { fit, joinEnds, truncate, visibleWidth, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { Row } from './row.tsx';

type View = Snapshot['view'];

/** The last line: the filter being typed, a message, or the keys. */
export const Footer = ({ snapshot }: { snapshot: Snapshot }) => {
  const { theme } = useTheme();
  const { view } = snapshot;
  if (view.mode === 'jump' || view.mode === 'note')
    return <Row line={inputLine(snapshot, inputPrompts[view.mode], theme)} />;
  if (view.mode === 'filter') return <Row line={filterLine(snapshot, theme)} />;
  return <Row line={view.notice ? noticeLine(snapshot, theme) : keysLine(snapshot, theme)} />;
};

/** A filter in force is always on screen: rows that are missing must not look like quiet. */
const activeFilterText = ({ view, churn }: Snapshot, { paint }: Theme): string => {
  if (view.filter.text === '') return '';
  // Counts of a part must not be read as counts of all.
  const held = view.activeView === 'churn' && churn.retainedOnly ? ' of events held' : '';
  return paint('focused', `filter: ${truncate(printable(view.filter.text), 20)}${held}`);
};

const noticeLine = (snapshot: Snapshot, theme: Theme): string => {
  const { notice, size } = snapshot.view;
  const filter = activeFilterText(snapshot, theme);
  const text = truncate(printable(notice?.text ?? ''), size.columns - visibleWidth(filter) - 1);
  return joinEnds(theme.paint(notice?.tone === 'error' ? 'error' : 'title', text), filter, size.columns);
};

const filterLine = ({ view }: Snapshot, theme: Theme): string => {
  const { columns } = view.size;
  const right = filterHint(view, theme);
  const space = columns - visibleWidth(right) - 'filter: '.length - 2;
  return joinEnds(`${theme.paint('title', 'filter:')} ${typedFilter(view, space, theme)}`, right, columns);
};

/** What helps most: what could come next, or why this is no filter, or the keys. */
const filterHint = (view: View, theme: Theme): string => {
  const { completion, filterError, filterText } = view;
  const { columns } = view.size;
  if (completion) return completionOptions(completion, Math.floor(columns / 2), theme);
  if (filterError) {
    // Beside a long text half of the line is left for it.
    const room = Math.max(
      Math.floor(columns / 2),
      columns - widthOf(printable(filterText)) - 'filter: '.length - 3,
    );
    return theme.paint('error', truncate(printable(filterError.error), room));
  }
  return footerKeys(view, columns - widthOf(filterText) - 'filter: '.length - 4, theme);
};

/** The text and the cursor; an error is marked where it stands. */
const typedFilter = ({ filterText: text, filterError }: View, space: number, { paint }: Theme): string => {
  // The end of a long text is what is being typed.
  const from = widthOf(text) > space ? Math.max(0, text.length - space + 1) : 0;
  const shown = (part: string) => fit(part, widthOf(printable(part)));
  const at = filterError ? Math.max(from, filterError.column) : text.length;
  const [wrong = ''] = text.slice(at);
  const rest = text.slice(at + wrong.length);
  const before = (from > 0 ? '…' : '') + shown(text.slice(from, at));
  return `${before}${paint('mistake', shown(wrong))}${shown(rest)}${paint('chosen', ' ')}`;
};

/** As many options as fit, from the one that stands in the line on. */
const completionOptions = (
  { options: all, at }: NonNullable<View['completion']>,
  columns: number,
  { paint }: Theme,
): string => {
  let line = '';
  for (const [index, { text }] of all.entries()) {
    if (index < at) continue;
    const next = `${line}${line && '  '}${paint(index === at ? 'key' : 'dim', text)}`;
    if (visibleWidth(next) > columns) return line;
    line = next;
  }
  return line;
};

const inputPrompts = { jump: 'to time:', note: 'note:' } as const;

/** The end of a text that is being typed, where all of it is too wide. */
const tailOf = (text: string, cells: number): string => {
  const characters = [...printable(text)];
  while (widthOf(characters.join('')) > cells) characters.shift();
  return characters.join('');
};

const inputLine = ({ view }: Snapshot, title: string, theme: Theme): string => {
  const { columns } = view.size;
  const text = tailOf(view.inputText, columns - title.length - 3);
  const left = `${theme.paint('title', title)} ${text}${theme.paint('chosen', ' ')}`;
  return joinEnds(left, footerKeys(view, columns - visibleWidth(left) - 1, theme), columns);
};

/** What the key that pauses does now. */
const pauseLabel = ({ view, replay }: Snapshot): string => {
  if (replay) return replay.playing ? 'pause' : 'play';
  return view.paused ? 'resume' : 'pause';
};

const keysLine = (snapshot: Snapshot, theme: Theme): string => {
  const { view } = snapshot;
  const filter = activeFilterText(snapshot, theme);
  const space = view.size.columns - visibleWidth(filter) - 1;
  return joinEnds(footerKeys(view, space, theme, { pause: pauseLabel(snapshot) }), filter, view.size.columns);
};

/** As many keys as fit, in the order of the table, and always the way to the rest and out. */
export const footerKeys = (
  { mode, sourceKind, activeView, keyOverrides }: View,
  columns: number,
  { paint }: Theme,
  labels: Record<string, string> = {},
): string => {
  const entries = bindingsFor(sourceKind).flatMap((binding) => {
    const { mode: of, footer, alwaysInFooter, views } = binding;
    if (of !== mode || footer === undefined || (views && !views.includes(activeView))) return [];
    const [key] = keysOf(binding, keyOverrides);
    if (key === undefined) return [];
    const text = `${paint('key', keyLabel(key))} ${paint('dim', labels[footer] ?? footer)}`;
    return [{ text, cells: visibleWidth(text), always: alwaysInFooter }];
  });
  // The last one needs no gap behind it.
  let room = columns + keySeparator.length;
  for (const { always, cells } of entries) if (always) room -= cells + keySeparator.length;
  const haveRoom = room >= 0;
  const fitting = entries.filter(({ always, cells }) => {
    if (always) return haveRoom;
    room -= cells + keySeparator.length;
    return room >= 0;
  });
  return fitting.map(({ text }) => text).join(keySeparator);
};

const keySeparator = '  ';
