import { keyLabel } from '../../store/keys/key-names.ts';
import { bindingsFor, keysOf } from '../../store/keys/keymap.ts';
import type { Snapshot } from '../../store/store.ts';
import { printable } from '../../util/text.ts';
import { cut, inCells, justify, visibleWidth, widthOf } from '../text/cells.ts';
import { useLook } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { Row } from './row.tsx';

type View = Snapshot['view'];

/** The last line: the filter being typed, a message, or the keys. */
export const Footer = ({ snapshot }: { snapshot: Snapshot }) => {
  const { theme } = useLook();
  const { view } = snapshot;
  if (view.mode === 'jump' || view.mode === 'note')
    return <Row line={typedLine(snapshot, lineTitles[view.mode], theme)} />;
  if (view.mode === 'filter') return <Row line={filterLine(snapshot, theme)} />;
  return <Row line={view.notice ? noticeLine(snapshot, theme) : keysLine(snapshot, theme)} />;
};

/** A filter in force is always on screen: rows that are missing must not look like quiet. */
const inForce = ({ view, churn }: Snapshot, { paint }: Theme): string => {
  if (view.filter.text === '') return '';
  // Counts of a part must not be read as counts of all.
  const held = view.shown === 'churn' && churn.heldOnly ? ' of events held' : '';
  return paint('focused', `filter: ${cut(printable(view.filter.text), 20)}${held}`);
};

const noticeLine = (snapshot: Snapshot, theme: Theme): string => {
  const { notice, size } = snapshot.view;
  const filter = inForce(snapshot, theme);
  const text = cut(printable(notice?.text ?? ''), size.columns - visibleWidth(filter) - 1);
  return justify(theme.paint(notice?.tone === 'error' ? 'error' : 'title', text), filter, size.columns);
};

const filterLine = ({ view }: Snapshot, theme: Theme): string => {
  const { columns } = view.size;
  const right = besideFilter(view, theme);
  const space = columns - visibleWidth(right) - 'filter: '.length - 2;
  return justify(`${theme.paint('title', 'filter:')} ${typed(view, space, theme)}`, right, columns);
};

/** What helps most: what could come next, or why this is no filter, or the keys. */
const besideFilter = (view: View, theme: Theme): string => {
  const { completion, filterError, filterText } = view;
  const { columns } = view.size;
  if (completion) return options(completion, Math.floor(columns / 2), theme);
  if (filterError) {
    // Beside a long text half of the line is left for it.
    const room = Math.max(
      Math.floor(columns / 2),
      columns - widthOf(printable(filterText)) - 'filter: '.length - 3,
    );
    return theme.paint('error', cut(printable(filterError.error), room));
  }
  return footerKeys(view, columns - widthOf(filterText) - 'filter: '.length - 4, theme);
};

/** The text and the cursor; an error is marked where it stands. */
const typed = ({ filterText: text, filterError }: View, space: number, { paint }: Theme): string => {
  // The end of a long text is what is being typed.
  const from = widthOf(text) > space ? Math.max(0, text.length - space + 1) : 0;
  const shown = (part: string) => inCells(part, widthOf(printable(part)));
  const at = filterError ? Math.max(from, filterError.column) : text.length;
  const [wrong = ''] = text.slice(at);
  const rest = text.slice(at + wrong.length);
  const before = (from > 0 ? '…' : '') + shown(text.slice(from, at));
  return `${before}${paint('mistake', shown(wrong))}${shown(rest)}${paint('chosen', ' ')}`;
};

/** As many options as fit, from the one that stands in the line on. */
const options = (
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

const lineTitles = { jump: 'to time:', note: 'note:' } as const;

/** The end of a text that is being typed, where all of it is too wide. */
const endOf = (text: string, cells: number): string => {
  const characters = [...printable(text)];
  while (widthOf(characters.join('')) > cells) characters.shift();
  return characters.join('');
};

const typedLine = ({ view }: Snapshot, title: string, theme: Theme): string => {
  const { columns } = view.size;
  const text = endOf(view.typed, columns - title.length - 3);
  const left = `${theme.paint('title', title)} ${text}${theme.paint('chosen', ' ')}`;
  return justify(left, footerKeys(view, columns - visibleWidth(left) - 1, theme), columns);
};

/** What the key that pauses does now. */
const pausing = ({ view, replay }: Snapshot): string => {
  if (replay) return replay.playing ? 'pause' : 'play';
  return view.paused ? 'resume' : 'pause';
};

const keysLine = (snapshot: Snapshot, theme: Theme): string => {
  const { view } = snapshot;
  const filter = inForce(snapshot, theme);
  const space = view.size.columns - visibleWidth(filter) - 1;
  return justify(footerKeys(view, space, theme, { pause: pausing(snapshot) }), filter, view.size.columns);
};

/** As many keys as fit, in the order of the table, and always the way to the rest and out. */
export const footerKeys = (
  { mode, watched, shown, rebound }: View,
  columns: number,
  { paint }: Theme,
  rename: Record<string, string> = {},
): string => {
  const entries = bindingsFor(watched).flatMap((binding) => {
    const { mode: of, footer, always, views } = binding;
    if (of !== mode || footer === undefined || (views && !views.includes(shown))) return [];
    const [key] = keysOf(binding, rebound);
    if (key === undefined) return [];
    const text = `${paint('key', keyLabel(key))} ${paint('dim', rename[footer] ?? footer)}`;
    return [{ text, cells: visibleWidth(text), always }];
  });
  // The last one needs no gap behind it.
  let room = columns + gap.length;
  for (const { always, cells } of entries) if (always) room -= cells + gap.length;
  const haveRoom = room >= 0;
  const fitting = entries.filter(({ always, cells }) => {
    if (always) return haveRoom;
    room -= cells + gap.length;
    return room >= 0;
  });
  return fitting.map(({ text }) => text).join(gap);
};

const gap = '  ';
