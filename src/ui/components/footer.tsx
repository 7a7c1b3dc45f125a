import { keyLabel } from '../../store/keys/key-names.ts';
import { activeModes, bindingsFor, keysOf } from '../../store/keys/keymap.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { printable } from '../../util/printable.ts';
import { fit, joinEnds, truncate, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { Row } from './row.tsx';

type View = Snapshot['view'];

/** The last line: an input line, a notice, or the keys. */
export const Footer = ({ snapshot }: { snapshot: Snapshot }) => {
  const theme = useTheme();
  const { view } = snapshot;
  if (view.mode === 'jump' || view.mode === 'note')
    return <Row line={inputLine(snapshot, view.inputText, { prompt: inputPrompts[view.mode], theme })} />;
  if (view.mode === 'search')
    return <Row line={inputLine(snapshot, view.searchText, { prompt: 'search:', theme })} />;
  if (view.mode === 'filter') return <Row line={filterLine(snapshot, theme)} />;
  return <Row line={view.notice ? noticeLine(snapshot, theme) : keysLine(snapshot, theme)} />;
};

/** Returns the search and the filter. The filter is always shown, so that filtered rows are not mistaken for a lack of activity. */
const activeFilterText = ({ view, churn }: Snapshot, { paint }: Theme): string => {
  const search = view.searchText && `search: ${truncate(printable(view.searchText), 20)}`;
  if (view.filter.text === '') return paint('found', search);
  const scope = view.activeView === 'churn' && churn.retainedOnly ? ' (retained events)' : '';
  const filter = paint('focused', `filter: ${truncate(printable(view.filter.text), 20)}${scope}`);
  return search === '' ? filter : `${paint('found', search)}  ${filter}`;
};

const noticeLine = (snapshot: Snapshot, theme: Theme): string => {
  const { notice, size } = snapshot.view;
  const filter = activeFilterText(snapshot, theme);
  const text = truncate(printable(notice?.text ?? ''), size.columns - widthOf(filter) - 1);
  return joinEnds(theme.paint(notice?.tone === 'error' ? 'error' : 'title', text), filter, size.columns);
};

const filterLine = ({ view }: Snapshot, theme: Theme): string => {
  const { columns } = view.size;
  const right = filterHint(view, theme);
  const space = columns - widthOf(right) - 'filter: '.length - 2;
  return joinEnds(`${theme.paint('title', 'filter:')} ${typedFilter(view, space, theme)}`, right, columns);
};

/** Returns the completion options, the error of the filter, or else the keys. */
const filterHint = (view: View, theme: Theme): string => {
  const { completion, filterError, filterText } = view;
  const { columns } = view.size;
  if (completion) return completionOptions(completion, Math.floor(columns / 2), theme);
  if (filterError) {
    // Next to a long text, the error takes half of the line.
    const errorColumns = Math.max(
      Math.floor(columns / 2),
      columns - widthOf(printable(filterText)) - 'filter: '.length - 3,
    );
    return theme.paint('error', truncate(printable(filterError.error), errorColumns));
  }
  return footerKeys(view, { columns: columns - widthOf(filterText) - 'filter: '.length - 4, theme });
};

/** Returns the filter text and the cursor. The character at an error is highlighted. */
const typedFilter = ({ filterText: text, filterError }: View, space: number, { paint }: Theme): string => {
  // Only the end of a long text is shown.
  const from = widthOf(text) > space ? Math.max(0, text.length - space + 1) : 0;
  const shown = (part: string) => fit(part, widthOf(printable(part)));
  const errorAt = filterError ? Math.max(from, filterError.column) : text.length;
  const [wrong = ''] = text.slice(errorAt);
  const rest = text.slice(errorAt + wrong.length);
  const before = (from > 0 ? '…' : '') + shown(text.slice(from, errorAt));
  return `${before}${paint('syntaxError', shown(wrong))}${shown(rest)}${paint('selected', ' ')}`;
};

/** Returns the options that fit, from the inserted one on. */
const completionOptions = (
  { options, selected }: NonNullable<View['completion']>,
  columns: number,
  { paint }: Theme,
): string => {
  let line = '';
  for (const [index, { text }] of options.entries()) {
    if (index < selected) continue;
    const next = `${line}${line && '  '}${paint(index === selected ? 'key' : 'dim', text)}`;
    if (widthOf(next) > columns) return line;
    line = next;
  }
  return line;
};

const inputPrompts = { jump: 'go to time:', note: 'note:' } as const;

/** Returns the end of a text, at most `columns` cells wide. */
const tailOf = (text: string, columns: number): string => {
  const characters = [...printable(text)];
  while (widthOf(characters.join('')) > columns) characters.shift();
  return characters.join('');
};

/** Returns an input line. A notice, such as that nothing was found, replaces its keys. */
const inputLine = (
  { view }: Snapshot,
  input: string,
  { prompt, theme }: { prompt: string; theme: Theme },
): string => {
  const { columns } = view.size;
  const text = tailOf(input, columns - prompt.length - 3);
  const left = `${theme.paint('title', prompt)} ${text}${theme.paint('selected', ' ')}`;
  if (view.notice) {
    const notice = truncate(printable(view.notice.text), columns - widthOf(left) - 1);
    return joinEnds(left, theme.paint('error', notice), columns);
  }
  return joinEnds(left, footerKeys(view, { columns: columns - widthOf(left) - 1, theme }), columns);
};

/** Returns the current label of the pause key. */
const pauseLabel = ({ view, replay }: Snapshot): string => {
  if (replay) return replay.playing ? 'pause' : 'play';
  return view.paused ? 'resume' : 'pause';
};

const keysLine = (snapshot: Snapshot, theme: Theme): string => {
  const { view } = snapshot;
  const filter = activeFilterText(snapshot, theme);
  const { columns } = view.size;
  const keys = footerKeys(view, {
    columns: columns - widthOf(filter) - 1,
    theme,
    labels: { pause: pauseLabel(snapshot) },
  });
  return joinEnds(keys, filter, columns);
};

type FooterKeysOptions = {
  columns: number;
  theme: Theme;
  /** Labels that replace those of the binding table. */
  labels?: Readonly<Record<string, string>>;
};

/** Returns the keys that fit, in the order of the binding table. Help and quit have priority over the others. */
export const footerKeys = (
  view: View,
  { columns, theme: { paint }, labels = {} }: FooterKeysOptions,
): string => {
  const { sourceKind, activeView, keyOverrides } = view;
  const modes = activeModes(view);
  const active = modes.flatMap((mode) =>
    bindingsFor(sourceKind).filter(
      (binding) => binding.mode === mode && (binding.views?.includes(activeView) ?? true),
    ),
  );
  const entries = active.flatMap((binding) => {
    const { footer, alwaysInFooter, keys } = binding;
    if (footer === undefined) return [];
    // The first binding of a key is the one that is active.
    if (active.find((other) => other.keys.includes(keys[0] as string)) !== binding && modes.length > 1)
      return [];
    const [key] = keysOf(binding, keyOverrides);
    if (key === undefined) return [];
    const text = `${paint('key', keyLabel(key))} ${paint('dim', labels[footer] ?? footer)}`;
    return [{ text, cells: widthOf(text), always: alwaysInFooter }];
  });
  // No separator follows the last key.
  let remaining = columns + keySeparator.length;
  for (const { always, cells } of entries) if (always) remaining -= cells + keySeparator.length;
  const canShowAlways = remaining >= 0;
  const fitting = entries.filter(({ always, cells }) => {
    if (always) return canShowAlways;
    remaining -= cells + keySeparator.length;
    return remaining >= 0;
  });
  return fitting.map(({ text }) => text).join(keySeparator);
};

const keySeparator = '  ';
