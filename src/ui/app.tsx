import { Box, useApp, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useMemo } from 'react';
import { loadRegexEngine } from '../domain/filter/filter.ts';
import type { EventSource } from '../domain/source/event-source.ts';
import { useNoteEffect, useReplayEffects } from '../hooks/use-effects.ts';
import { useKeymap } from '../hooks/use-keymap.ts';
import { useLateCommands } from '../hooks/use-late-commands.ts';
import { useProcWalker } from '../hooks/use-proc-walker.ts';
import { useAllUsage, useVisibleUsage } from '../hooks/use-process-details.ts';
import type { ListId } from '../store/actions/view-id.ts';
import { processList, processRows } from '../store/navigation/selectors.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { bodyOf, type Layout, menuColumns, minSize } from '../store/state/layout.ts';
import { isFleetWide, listIdOf } from '../store/state/state.ts';
import type { Store } from '../store/store.ts';
import { visibleWindow } from '../store/views/row-list.ts';
import { EventLog } from './components/event-log.tsx';
import { noGuestText } from './components/fleet-header.ts';
import { Footer } from './components/footer.tsx';
import { Header } from './components/header.tsx';
import { Help } from './components/help.tsx';
import { Row, Rows } from './components/row.tsx';
import { SortMenu } from './components/sort-menu.tsx';
import type { ListViewProps } from './components/view-props.ts';
import { Details, RowPane, Split } from './panes.tsx';
import { fit } from './text/cells.ts';
import { ThemeProvider, useTheme } from './theme/context.ts';
import type { Theme } from './theme/theme.ts';
import { AlertListView } from './views/alert-list.tsx';
import { ChurnTable } from './views/churn-table.tsx';
import { FailuresView } from './views/failures-view.tsx';
import { FleetChurn, FleetFailures } from './views/fleet-comms.tsx';
import { GuestAlertList } from './views/guest-alerts.tsx';
import { HostsView } from './views/hosts-view.tsx';
import { Overview } from './views/overview.tsx';
import { ProcessTableView } from './views/process-table.tsx';
import { TimelineView } from './views/timeline-view.tsx';
import { TreeView } from './views/tree-view.tsx';

type Props = {
  source: EventSource;
  store: Store;
  theme: Theme;
  /** Stops the program, as Ctrl-Z in a shell does. Resolves when it is continued. */
  stopSelf: () => Promise<void>;
};

/** The whole screen. It starts the source and draws the state of the store, at the size of the terminal. */
export const App = ({ source, store, theme, stopSelf }: Props) => {
  const { snapshot } = useProcWalker(source, store);
  const { columns, rows } = useWindowSize();
  const { exit, suspendTerminal } = useApp();
  useKeymap(store);
  useReplayEffects(source, store);
  useNoteEffect(source, store);
  useAllUsage(source, store);
  useLateCommands(source, store);
  useEffect(
    () =>
      store.onEffect(({ type }) => {
        if (type === 'quit') exit();
        if (type === 'suspend') suspendTerminal(stopSelf).catch(exit);
      }),
    [store, exit, suspendTerminal, stopSelf],
  );
  useEffect(() => {
    const { size } = store.getSnapshot().view;
    // The initial size is in the store already. Another frame would delay the first one with processes.
    if (size.columns !== columns || size.rows !== rows)
      store.dispatch({ type: 'resize', size: { columns, rows } });
  }, [store, columns, rows]);
  // After the first frame, so that the engine is ready when a filter is typed.
  useEffect(() => {
    loadRegexEngine().then(store.recompileFilter, store.setEnded);
  }, [store]);
  const { view } = snapshot;
  return (
    <ThemeProvider value={theme}>
      <Box flexDirection="column" width={view.size.columns} height={view.size.rows}>
        <Screen snapshot={snapshot} source={source} store={store} />
      </Box>
    </ThemeProvider>
  );
};

type ScreenProps = { snapshot: Snapshot; source: EventSource; store: Store };

const Screen = ({ snapshot, source, store }: ScreenProps) => {
  const { view } = snapshot;
  const { layout, mode } = view;
  if (layout.kind === 'tooSmall') return <TooSmall snapshot={snapshot} />;
  if (mode === 'help') return <Help snapshot={snapshot} />;
  return (
    <>
      <Header snapshot={snapshot} />
      <Body snapshot={snapshot} layout={layout} source={source} store={store} />
      <Footer snapshot={snapshot} />
    </>
  );
};

type BodyProps = ScreenProps & { layout: Exclude<Layout, { kind: 'tooSmall' }> };

/** The details, the log, or the active view, with the sort menu if it is open. */
const Body = (props: BodyProps) => {
  const { snapshot, layout, source, store } = props;
  const { view } = snapshot;
  const { columns } = view.size;
  if (view.mode === 'alerts') {
    const AlertList = isFleetWide(view) ? GuestAlertList : AlertListView;
    return <AlertList snapshot={snapshot} rows={layout.bodyRows} width={columns} />;
  }
  if (view.overview && snapshot.replay)
    return <Overview snapshot={snapshot} replay={snapshot.replay} rows={layout.bodyRows} width={columns} />;
  if (view.detailsOf) {
    const details = { snapshot, source, store, target: view.detailsOf };
    return <Details {...details} rows={layout.bodyRows} width={columns} />;
  }
  if (view.fullLog) return <EventLog snapshot={snapshot} rows={layout.bodyRows} width={columns} />;
  const active = viewBodies[listIdOf(view)](props);
  if (view.mode !== 'sort') return active;
  return (
    <Box>
      <Box flexDirection="column" width={menuColumns}>
        <SortMenu snapshot={snapshot} rows={layout.bodyRows} />
      </Box>
      <Box flexDirection="column" width={columns - menuColumns}>
        {active}
      </Box>
    </Box>
  );
};

const viewBodies: Readonly<Record<ListId, (props: BodyProps) => ReactNode>> = {
  hosts: (props) => <HostsView {...listProps(props)} />,
  noGuest: (props) => <NoGuest {...props} />,
  fleetChurn: (props) => <FleetChurn {...listProps(props)} />,
  fleetFailures: (props) => <FleetFailures {...listProps(props)} />,
  live: (props) => <LiveView {...props} />,
  churn: (props) => <ChurnTable {...listProps(props)} />,
  tree: (props) => <TreeView {...listProps(props)} />,
  timeline: (props) => <TimelineView {...listProps(props)} />,
  failures: (props) => <FailuresView {...listProps(props)} />,
};

/** Returns the properties of a view with a list: its size, and the frame with the second pane. */
const listProps = ({ snapshot, layout, source, store }: BodyProps): ListViewProps => {
  const { tableColumns, tableRows, pane } = bodyOf(layout, snapshot.view);
  return {
    snapshot,
    rows: tableRows,
    width: tableColumns,
    frame: (list, target) =>
      pane ? (
        <Split list={list} columns={tableColumns} rows={tableRows} pane={pane}>
          <RowPane snapshot={snapshot} source={source} store={store} target={target} pane={pane} />
        </Split>
      ) : (
        list
      ),
  };
};

const LiveView = ({ snapshot, layout, source, store }: BodyProps) => {
  const { system, view } = snapshot;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the system state is mutable, a new snapshot means a change.
  const list = useMemo(() => processRows(system, view), [snapshot, view.filter, view.orders.live]);
  const { tableColumns, tableRows, pane } = bodyOf(layout, view);
  const rowList = processList(list);
  const { top, selected } = visibleWindow(rowList, view.selection, tableRows);
  useVisibleUsage(
    source,
    store,
    list
      .slice(top, top + tableRows)
      .filter(({ exitedNs }) => exitedNs === undefined)
      .map(({ pid }) => pid),
  );
  const table = <ProcessTableView snapshot={snapshot} list={list} rows={tableRows} width={tableColumns} />;
  if (!pane) return table;
  // Below the table there are too few rows for details.
  const showsRow = pane.place === 'right' && view.pane === 'table' && selected !== undefined;
  const target = showsRow ? rowList.targetAt(selected) : undefined;
  return (
    <Split list={table} columns={tableColumns} rows={tableRows} pane={pane}>
      <RowPane snapshot={snapshot} source={source} store={store} target={target} pane={pane} />
    </Split>
  );
};

/** A view of one guest while all guests are on screen: how to select one, and the merged log. */
const NoGuest = ({ snapshot, layout }: BodyProps) => {
  const theme = useTheme();
  const { view } = snapshot;
  const { tableColumns, tableRows, pane } = bodyOf(layout, view);
  const lines = ['', theme.paint('dim', fit(noGuestText(view.activeView), tableColumns))];
  const list = <Rows lines={lines} rows={tableRows + 1} />;
  if (!pane) return list;
  return (
    <Split list={list} columns={tableColumns} rows={tableRows} pane={pane}>
      <EventLog snapshot={snapshot} rows={pane.rows} width={pane.columns} />
    </Split>
  );
};

const TooSmall = ({ snapshot }: { snapshot: Snapshot }) => {
  const { columns, rows } = snapshot.view.size;
  const needed = `needs ${minSize.columns}x${minSize.rows}`;
  const text = `${needed}, has ${columns}x${rows}`;
  return <Row line={text.length <= columns ? text : needed} />;
};
