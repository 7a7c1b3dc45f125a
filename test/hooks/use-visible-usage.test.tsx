import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ChurnRecord } from '../../src/domain/events/event.ts';
import type { EventSource } from '../../src/domain/source/event-source.ts';
import { useProcWalker } from '../../src/hooks/use-proc-walker.ts';
import { useVisibleUsage } from '../../src/hooks/use-process-details.ts';
import { Store } from '../../src/store/store.ts';
import { scriptedSource } from '../support/fakes/scripted-source.ts';
import { exited, seconds, sourceInfo, spawned } from '../support/fixtures/events.ts';
import { startApp } from '../support/harness/app.tsx';

const Watch = ({ source, store }: { source: EventSource; store: Store }) => {
  const { live } = useProcWalker(source, store);
  useVisibleUsage(
    source,
    store,
    live.map(({ pid }) => pid),
  );
  return <Text>ok</Text>;
};

/** Shows all live processes. `reads` are the PIDs of each read. */
const start = async () => {
  const source = scriptedSource({ 1: 'S', 2: 'S', 3: 'S' });
  const { readUsage } = source;
  const reads: number[][] = [];
  source.readUsage = (pids) => {
    reads.push([...pids]);
    return readUsage?.(pids) ?? new Map();
  };
  const store = new Store({ info: sourceInfo });
  const app = render(<Watch source={source} store={store} />);
  onTestFinished(() => app.unmount());
  await vi.waitFor(() => source.listener());
  const play = (at: number, ...records: ChurnRecord[]) =>
    source.listener().onBatch({ nowNs: seconds(at), records });
  return { reads, play };
};

test('useVisibleUsage reads only the processes that appear until the next second', async () => {
  const { reads, play } = await start();
  play(10, spawned(1, 'cron', 2, { initial: true }));
  await vi.waitFor(() => expect(reads).toEqual([[1]]));
  play(10.3, spawned(2, 'sh', 10.1));
  await vi.waitFor(() => expect(reads.slice(1)).toEqual([[2]]));
  play(11);
  await vi.waitFor(() => expect(reads.slice(2)).toEqual([[1, 2]]));
});

test('useVisibleUsage reads a new process again when its CPU usage is not known yet', async () => {
  const { reads, play } = await start();
  play(10.11, spawned(1, 'sh', 10.1));
  await vi.waitFor(() => expect(reads).toEqual([[1]]));
  play(10.3, spawned(2, 'sleep', 10.2));
  await vi.waitFor(() => expect(reads.slice(1)).toEqual([[1, 2]]));
  play(10.5, spawned(3, 'sleep', 10.4));
  await vi.waitFor(() => expect(reads.slice(2)).toEqual([[3]]));
});

test('the live view does not read a process when it has exited', async () => {
  const app = startApp({ states: { 1: 'S', 2: 'S' } });
  const reads: number[][] = [];
  app.source.readUsage = (pids) => {
    reads.push([...pids]);
    return new Map();
  };
  await app.play(10, spawned(1, 'cron', 2, { initial: true }), spawned(2, 'sh', 9));
  await app.play(11.1, exited(2, 'sh', 11.1));
  expect(app.screen()).toContain('×');
  await vi.waitFor(() => expect(reads).toEqual([[2, 1], [1]]));
});
