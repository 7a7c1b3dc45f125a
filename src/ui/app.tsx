import { Box, useApp, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useMemo } from 'react';
import { loadRegexEngine } from '../domain/filter/filter.ts';
import type { EventSource } from '../domain/source/event-source.ts';
import { useNoteEffect, useReplayEffects } from '../hooks/use-effects.ts';
import { useKeymap } from '../hooks/use-keymap.ts';
import { useProcWalker } from '../hooks/use-proc-walker.ts';
import { useProcessDetails, useProcessStates } from '../hooks/use-process-details.ts';
import type { ViewId } from '../store/actions/view-id.ts';
import { processList, processRows } from '../store/navigation/selectors.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { type Layout, minSize } from '../store/state/layout.ts';
import type { Store } from '../store/store.ts';
import { visibleWindow } from '../store/views/row-list.ts';
import { EventLog } from './components/event-log.tsx';
import { Footer } from './components/footer.tsx';
import { Header } from './components/header.tsx';
import { Help } from './components/help.tsx';
import { Row, Rows } from './components/row.tsx';
import { ThemeProvider, useTheme } from './theme/context.ts';
import type { Theme } from './theme/theme.ts';
import { AlertListView } from './views/alert-list.tsx';
import { ChurnTable } from './views/churn-table.tsx';
import { DetailsView } from './views/details-view.tsx';
import { FailuresView } from './views/failures-view.tsx';
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
  const { view, replay } = snapshot;
  const { layout, mode } = view;
  if (layout.kind === 'tooSmall') return <TooSmall snapshot={snapshot} />;
  if (mode === 'help') return <Help snapshot={snapshot} />;
  return (
    <>
      <Header snapshot={snapshot} />
      {view.mode === 'alerts' ? (
        <AlertListView snapshot={snapshot} rows={layout.bodyRows} width={view.size.columns} />
      ) : view.overview && replay ? (
        <Overview snapshot={snapshot} replay={replay} rows={layout.bodyRows} width={view.size.columns} />
      ) : view.detailsOf ? (
        <Details snapshot={snapshot} layout={layout} source={source} store={store} />
      ) : (
        <ActiveView snapshot={snapshot} layout={layout} source={source} store={store} />
      )}
      <Footer snapshot={snapshot} />
    </>
  );
};

type BodyProps = ScreenProps & { layout: Exclude<Layout, { kind: 'tooSmall' }> };

const viewBodies: Readonly<Record<ViewId, (props: BodyProps) => ReactNode>> = {
  live: (props) => <LiveView {...props} />,
  churn: ({ snapshot, layout }) => (
    <ChurnTable snapshot={snapshot} rows={layout.bodyRows} width={snapshot.view.size.columns} />
  ),
  tree: ({ snapshot, layout }) => (
    <TreeView snapshot={snapshot} rows={layout.bodyRows} width={snapshot.view.size.columns} />
  ),
  timeline: ({ snapshot, layout }) => (
    <TimelineView snapshot={snapshot} rows={layout.bodyRows} width={snapshot.view.size.columns} />
  ),
  failures: ({ snapshot, layout }) => (
    <FailuresView snapshot={snapshot} rows={layout.bodyRows} width={snapshot.view.size.columns} />
  ),
};

const ActiveView = (props: BodyProps) => viewBodies[props.snapshot.view.activeView](props);

/** The details of a row, instead of the view. */
const Details = ({ snapshot, layout, source, store }: BodyProps) => {
  const key = snapshot.view.detailsOf?.key;
  const pid = snapshot.view.detailsOf?.pid;
  useProcessDetails(source, store, key);
  useProcessStates(source, store, pid === undefined ? [] : [pid]);
  return <DetailsView snapshot={snapshot} rows={layout.bodyRows} width={snapshot.view.size.columns} />;
};

const LiveView = ({ snapshot, layout, source, store }: BodyProps) => {
  const theme = useTheme();
  const { system, view } = snapshot;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the system state is mutable, a new snapshot means a change.
  const list = useMemo(() => processRows(system, view), [snapshot, view.filter, view.orders.live]);
  const { top } = visibleWindow(processList(list), view.selection, layout.tableRows);
  useProcessStates(
    source,
    store,
    list.slice(top, top + layout.tableRows).map(({ pid }) => pid),
  );
  const table = (
    <ProcessTableView snapshot={snapshot} list={list} rows={layout.tableRows} width={layout.tableColumns} />
  );
  const log = <EventLog snapshot={snapshot} rows={layout.logRows} width={layout.logColumns} />;
  if (layout.kind === 'stacked') {
    return (
      <>
        {table}
        {log}
      </>
    );
  }
  const rule = new Array<string>(layout.tableRows + 1).fill(theme.paint('dim', ' │ '));
  return (
    <Box>
      <Box flexDirection="column" width={layout.tableColumns}>
        {table}
      </Box>
      <Box flexDirection="column" width={3}>
        <Rows lines={rule} rows={rule.length} />
      </Box>
      <Box flexDirection="column" width={layout.logColumns}>
        {log}
      </Box>
    </Box>
  );
};

const TooSmall = ({ snapshot }: { snapshot: Snapshot }) => {
  const { columns, rows } = snapshot.view.size;
  return <Row line={`needs ${minSize.columns}x${minSize.rows}, has ${columns}x${rows}`} />;
};
