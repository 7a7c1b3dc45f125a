import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { EventSource } from '../domain/source/event-source.ts';
import { useProcessDetails, useVisibleUsage } from '../hooks/use-process-details.ts';
import type { Snapshot } from '../store/snapshot.ts';
import type { SecondPane } from '../store/state/layout.ts';
import { isFleetWide } from '../store/state/state.ts';
import type { Store } from '../store/store.ts';
import type { RowTarget } from '../store/views/row-list.ts';
import { EventLog } from './components/event-log.tsx';
import { Rows } from './components/row.tsx';
import { useTheme } from './theme/context.ts';
import { DetailsView } from './views/details-view.tsx';
import { GuestPane } from './views/guest-pane.tsx';

type DetailsProps = {
  snapshot: Snapshot;
  source: EventSource;
  store: Store;
  target: RowTarget;
  rows: number;
  width: number;
};

/** The details of a row. Those of a process are read while they are on screen. */
export const Details = ({ snapshot, source, store, target, rows, width }: DetailsProps) => {
  useProcessDetails(source, store, target.key);
  useVisibleUsage(source, store, target.pid === undefined ? [] : [target.pid]);
  return <DetailsView snapshot={snapshot} store={store} target={target} rows={rows} width={width} />;
};

/** The details of the selected row, or the log while no row is selected. */
export const RowPane = ({
  snapshot,
  source,
  store,
  target,
  pane: { rows, columns },
}: Omit<DetailsProps, 'target' | 'rows' | 'width'> & { target: RowTarget | undefined; pane: SecondPane }) =>
  target?.guest !== undefined ? (
    <GuestPane snapshot={snapshot} id={target.guest} rows={rows} width={columns} />
  ) : target && !isFleetWide(snapshot.view) ? (
    <Details snapshot={snapshot} source={source} store={store} target={target} rows={rows} width={columns} />
  ) : (
    <EventLog snapshot={snapshot} rows={rows} width={columns} />
  );

type SplitProps = {
  list: ReactNode;
  /** Width of the list and its rows below the title, in cells. */
  columns: number;
  rows: number;
  pane: SecondPane;
  children: ReactNode;
};

/** A list and its second pane, on its right or below it. */
export const Split = ({ list, columns, rows, pane, children }: SplitProps) => {
  const theme = useTheme();
  if (pane.place === 'below') {
    return (
      <Box flexDirection="column" width={columns}>
        {list}
        {children}
      </Box>
    );
  }
  const rule = new Array<string>(rows + 1).fill(theme.paint('dim', ' │ '));
  return (
    <Box>
      <Box flexDirection="column" width={columns}>
        {list}
      </Box>
      <Box flexDirection="column" width={3}>
        <Rows lines={rule} rows={rule.length} />
      </Box>
      <Box flexDirection="column" width={pane.columns}>
        {children}
      </Box>
    </Box>
  );
};
