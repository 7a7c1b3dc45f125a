import { Box, useApp, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useMemo } from 'react';
import type { EventSource } from '../domain/source.ts';
import { useAbout } from '../hooks/use-about.ts';
import { useKeymap } from '../hooks/use-keymap.ts';
import { useNotes } from '../hooks/use-notes.ts';
import { useProcWalker } from '../hooks/use-proc-walker.ts';
import { useReplay } from '../hooks/use-replay.ts';
import { useStates } from '../hooks/use-states.ts';
import { type Layout, smallest } from '../store/layout.ts';
import { windowOf } from '../store/list.ts';
import { processList, tableRows } from '../store/select.ts';
import type { Snapshot, Store } from '../store/store.ts';
import type { ViewId } from '../store/views.ts';
import { ChurnTable } from './churn-table.tsx';
import { type Look, LookProvider, useLook } from './context.ts';
import { DetailsView } from './details-view.tsx';
import { EventLog } from './event-log.tsx';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { LivesView } from './lives-view.tsx';
import { ProcessTable } from './process-table.tsx';
import { Row, Rows } from './row.tsx';
import { TreeView } from './tree-view.tsx';

type Props = {
  source: EventSource;
  store: Store;
  look: Look;
  /** Stop this program as the shell's job control does, and come back when it is continued. */
  stopSelf: () => Promise<void>;
};

/** The whole screen: what a store knows of a source, in the size of the terminal. */
export const App = ({ source, store, look, stopSelf }: Props) => {
  const { snapshot } = useProcWalker(source, store);
  const { columns, rows } = useWindowSize();
  const { exit, suspendTerminal } = useApp();
  useKeymap(store);
  useReplay(source, store);
  useNotes(source, store);
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
    // It begins in the size it has: a frame drawn for that again would be in the way of the first with processes.
    if (size.columns !== columns || size.rows !== rows)
      store.dispatch({ type: 'resize', size: { columns, rows } });
  }, [store, columns, rows]);
  const { view } = snapshot;
  return (
    <LookProvider value={look}>
      <Box flexDirection="column" width={view.size.columns} height={view.size.rows}>
        <Screen snapshot={snapshot} source={source} store={store} />
      </Box>
    </LookProvider>
  );
};

type ScreenProps = { snapshot: Snapshot; source: EventSource; store: Store };

const Screen = ({ snapshot, source, store }: ScreenProps) => {
  const { view } = snapshot;
  const { layout, mode } = view;
  if (layout.kind === 'too small') return <TooSmall snapshot={snapshot} />;
  if (mode === 'help') return <Help snapshot={snapshot} />;
  return (
    <>
      <Header snapshot={snapshot} />
      {view.detailed ? (
        <Details snapshot={snapshot} layout={layout} source={source} store={store} />
      ) : (
        <View snapshot={snapshot} layout={layout} source={source} store={store} />
      )}
      <Footer snapshot={snapshot} />
    </>
  );
};

type ViewProps = ScreenProps & { layout: Exclude<Layout, { kind: 'too small' }> };

const bodies: Readonly<Record<ViewId, (props: ViewProps) => ReactNode>> = {
  live: (props) => <Lists {...props} />,
  churn: ({ snapshot, layout }) => (
    <ChurnTable snapshot={snapshot} rows={layout.bodyRows} width={snapshot.view.size.columns} />
  ),
  tree: ({ snapshot, layout }) => (
    <TreeView snapshot={snapshot} rows={layout.bodyRows} width={snapshot.view.size.columns} />
  ),
  timeline: ({ snapshot, layout }) => (
    <LivesView snapshot={snapshot} rows={layout.bodyRows} width={snapshot.view.size.columns} />
  ),
};

const View = (props: ViewProps) => bodies[props.snapshot.view.shown](props);

/** In place of the view: what is known of one row of it. */
const Details = ({ snapshot, layout, source, store }: ViewProps) => {
  const key = snapshot.view.detailed?.key;
  const pid = snapshot.view.detailed?.pid;
  useAbout(source, store, key);
  useStates(source, store, pid === undefined ? [] : [pid]);
  return <DetailsView snapshot={snapshot} rows={layout.bodyRows} width={snapshot.view.size.columns} />;
};

const Lists = ({ snapshot, layout, source, store }: ViewProps) => {
  const { theme } = useLook();
  const { world, view } = snapshot;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a world changes in place; the snapshot tells when.
  const list = useMemo(() => tableRows(world, view), [snapshot, view.filter, view.orders.live]);
  const { top } = windowOf(processList(list), view.choice, layout.tableRows);
  useStates(
    source,
    store,
    list.slice(top, top + layout.tableRows).map(({ pid }) => pid),
  );
  const table = (
    <ProcessTable snapshot={snapshot} list={list} rows={layout.tableRows} width={layout.tableColumns} />
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
  return <Row line={`needs ${smallest.columns}x${smallest.rows}, has ${columns}x${rows}`} />;
};
