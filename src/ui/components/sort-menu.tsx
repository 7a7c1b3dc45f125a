import { sortOptions } from '../../store/navigation/sort-menu.ts';
import { menuColumns } from '../../store/state/layout.ts';
import { fit } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import { Rows } from './row.tsx';
import type { ViewProps } from './view-props.ts';

/** The sort menu: the columns of the active view. The current one has an arrow. */
export const SortMenu = ({ snapshot, rows }: Omit<ViewProps, 'width'>) => {
  const { paint } = useTheme();
  const { view } = snapshot;
  const { by, reversed } = view.orders[view.activeView];
  const options = sortOptions(view);
  const top = Math.max(0, Math.min(view.menuIndex - Math.floor(rows / 2), options.length - rows));
  const lines = options.slice(top, top + rows).map(({ id, title }, index) => {
    const arrow = id === by ? (reversed ? ' ▴' : ' ▾') : '';
    const text = fit(`  ${title}${arrow}`, menuColumns - 1);
    if (top + index === view.menuIndex) return paint('selected', text);
    return id === by ? paint('focused', text) : text;
  });
  return <Rows lines={[`${paint('focused', '›')} ${paint('label', 'SORT BY')}`, ...lines]} rows={rows + 1} />;
};
