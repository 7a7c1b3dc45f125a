import type { ReactNode } from 'react';
import type { Snapshot } from '../../store/snapshot.ts';
import type { RowTarget } from '../../store/views/row-list.ts';

/** The properties of a view: its data, the rows below its title row, and its width in cells. */
export type ViewProps = { snapshot: Snapshot; rows: number; width: number };

/** The properties of a view with a list. `frame` puts the list next to a pane for the selected row. */
export type ListViewProps = ViewProps & {
  frame: (list: ReactNode, target: RowTarget | undefined) => ReactNode;
};
