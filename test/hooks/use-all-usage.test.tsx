import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { EventSource } from '../../src/domain/source/event-source.ts';
import { useProcWalker } from '../../src/hooks/use-proc-walker.ts';
import { useAllUsage } from '../../src/hooks/use-process-details.ts';
import { Store } from '../../src/store/store.ts';
import { scriptedSource } from '../support/fakes/scripted-source.ts';
import { seconds, sourceInfo, spawned } from '../support/fixtures/events.ts';

const Watch = ({ source, store }: { source: EventSource; store: Store }) => {
  useProcWalker(source, store);
  useAllUsage(source, store);
  return <Text>ok</Text>;
};

/** Shows 700 processes. `reads` are the numbers of processes read, and the first of them. */
const start = async () => {
  const source = scriptedSource();
  const reads: number[][] = [];
  source.readUsage = (pids) => {
    reads.push([pids.length, pids[0] as number]);
    return new Map();
  };
  const store = new Store({ info: sourceInfo });
  const app = render(<Watch source={source} store={store} />);
  onTestFinished(() => app.unmount());
  const play = (at: number, count = 0) =>
    source.listener().onBatch({
      nowNs: seconds(at),
      records: Array.from({ length: count }, (_, index) => spawned(index + 1, 'x', 1, { initial: true })),
    });
  await vi.waitFor(() => source.listener());
  play(1, 700);
  return { store, reads, play };
};

test('useAllUsage reads no process while neither order nor filter depends on it', async () => {
  const { store, reads, play } = await start();
  play(2);
  await vi.waitFor(() => expect(store.getRenderedSnapshot().system.nowNs).toBe(seconds(2)));
  expect(reads).toEqual([]);
});

test('useAllUsage reads at most 500 processes a second in turn when the table is sorted by CPU usage', async () => {
  const { store, reads, play } = await start();
  while (store.getSnapshot().view.orders.live.by !== 'cpu') store.dispatch({ type: 'nextSort' });
  await vi.waitFor(() => expect(reads).toEqual([[500, 1]]));
  play(2);
  await vi.waitFor(() => expect(reads.slice(1)).toEqual([[200, 501]]));
  play(3);
  await vi.waitFor(() => expect(reads.slice(2)).toEqual([[500, 1]]));
});
