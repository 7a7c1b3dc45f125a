import { printable } from '../domain/printable.ts';
import { bindings, keyLabel } from '../store/keys.ts';
import type { Snapshot } from '../store/store.ts';
import { cut, inCells, justify, visibleWidth, widthOf } from './cells.ts';
import { useLook } from './context.ts';
import { Row } from './row.tsx';
import type { Theme } from './theme.ts';

/** The last line: the filter being typed, a message, or the keys. */
export const Footer = ({ snapshot }: { snapshot: Snapshot }) => {
  const { theme } = useLook();
  const { view } = snapshot;
  if (view.mode === 'filter') return <Row line={filterLine(snapshot, theme)} />;
  return <Row line={view.notice ? noticeLine(snapshot, theme) : keysLine(snapshot, theme)} />;
};

/** A filter in force is always on screen: rows that are missing must not look like quiet. */
const inForce = ({ view }: Snapshot, { paint }: Theme): string =>
  view.filter.text === '' ? '' : paint('focused', `filter: ${cut(printable(view.filter.text), 20)}`);

const noticeLine = (snapshot: Snapshot, theme: Theme): string => {
  const { notice, size } = snapshot.view;
  const filter = inForce(snapshot, theme);
  const text = cut(printable(notice?.text ?? ''), size.columns - visibleWidth(filter) - 1);
  return justify(theme.paint(notice?.tone === 'error' ? 'error' : 'title', text), filter, size.columns);
};

const filterLine = ({ view }: Snapshot, { paint }: Theme): string => {
  const { columns } = view.size;
  const error = view.filterError;
  const right = error
    ? paint('error', cut(error, Math.floor(columns / 2)))
    : keys('filter', columns, { paint });
  const space = columns - visibleWidth(right) - 'filter: '.length - 2;
  // The end of a long text is what is being typed.
  const text = widthOf(view.filterText) > space ? `…${view.filterText.slice(-(space - 1))}` : view.filterText;
  return justify(
    `${paint('title', 'filter:')} ${inCells(text, widthOf(text))}${paint('chosen', ' ')}`,
    right,
    columns,
  );
};

const keysLine = (snapshot: Snapshot, theme: Theme): string => {
  const { size, paused } = snapshot.view;
  const filter = inForce(snapshot, theme);
  const space = size.columns - visibleWidth(filter) - 1;
  return justify(keys('normal', space, theme, paused ? { pause: 'resume' } : {}), filter, size.columns);
};

/** As many keys as fit, in the order of the table. */
const keys = (
  mode: Snapshot['view']['mode'],
  columns: number,
  { paint }: Theme,
  rename: Record<string, string> = {},
): string => {
  let line = '';
  for (const { mode: of, keys: names, footer } of bindings) {
    if (of !== mode || footer === undefined) continue;
    const entry = `${paint('key', keyLabel(names[0] as string))} ${paint('dim', rename[footer] ?? footer)}`;
    const next = line === '' ? entry : `${line}  ${entry}`;
    if (visibleWidth(next) > columns) break;
    line = next;
  }
  return line;
};
