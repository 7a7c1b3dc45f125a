import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ChurnRecord, SpawnedEvent } from '../../src/domain/events/event.ts';
import type { EventSource } from '../../src/domain/source/event-source.ts';
import { sortedGroups } from '../../src/domain/stats/group-summary.ts';
import { useLateCommands } from '../../src/hooks/use-late-commands.ts';
import { useProcWalker } from '../../src/hooks/use-proc-walker.ts';
import { Store } from '../../src/store/store.ts';
import { scriptedSource } from '../support/fakes/scripted-source.ts';
import { execed, seconds, sourceInfo, spawned } from '../support/fixtures/events.ts';

const Watch = ({ source, store }: { source: EventSource; store: Store }) => {
  useProcWalker(source, store);
  useLateCommands(source, store);
  return <Text>ok</Text>;
};

const master = spawned(1, 'nginx', 0, { initial: true, args: ['nginx: master process'] });
/** A record of kernel events, which has no window. */
const fork = (pid: number, at: number): SpawnedEvent => {
  const { window_ns: _, ...spawn } = spawned(pid, 'nginx', at, { guest_ppid: 1 });
  return spawn;
};

/** Starts a guest in which each process has the title `nginx: worker PID`. `reads` are the PIDs read. */
const start = async () => {
  const source = scriptedSource();
  const reads: number[] = [];
  source.readDetails = async ({ pid }) => {
    reads.push(pid);
    return { args: [`nginx: worker ${pid}`], argsTruncated: false, cgroup: undefined };
  };
  const store = new Store({ info: sourceInfo });
  const app = render(<Watch source={source} store={store} />);
  onTestFinished(() => app.unmount());
  await vi.waitFor(() => source.listener());
  const play = (at: number, ...records: ChurnRecord[]) =>
    source.listener().onBatch({ nowNs: seconds(at), records });
  const argsOf = (pid: number) =>
    store.getSnapshot().system.ancestry.find({ pid, startTicks: undefined })?.nameHistory.args;
  /** Returns the commands of the churn view that have live processes, and how many. */
  const commandsNow = () => {
    const { stats } = store.getSnapshot().churn;
    const groups = sortedGroups(stats, 'command').filter(({ alive }) => alive > 0);
    return Object.fromEntries(groups.map(({ key, alive, spawns }) => [key, { alive, spawns }]));
  };
  return { reads, play, argsOf, commandsNow, store };
};

test('a fork has the command of its parent until it is read at the age of one second', async () => {
  const { reads, play, argsOf } = await start();
  play(10.1, master, fork(7, 10));
  expect(argsOf(7)).toEqual(['nginx: master process']);
  play(11.1);
  await vi.waitFor(() => expect(argsOf(7)).toEqual(['nginx: worker 7']));
  expect(reads).toEqual([7]);
  expect(argsOf(1)).toEqual(['nginx: master process']);
});

test('a process that has executed a program is not read', async () => {
  const { reads, play, argsOf } = await start();
  play(10.1, master, fork(7, 10), fork(8, 10), execed(7, 'sleep', 10.01, { args: ['sleep', '9'] }));
  play(11.1);
  await vi.waitFor(() => expect(argsOf(8)).toEqual(['nginx: worker 8']));
  expect(reads).toEqual([8]);
  expect(argsOf(7)).toEqual(['sleep', '9']);
});

test('a process whose arguments were not read in time is read at the age of one second', async () => {
  const { reads, play, argsOf } = await start();
  play(10.1, master, fork(7, 10), execed(7, 'sleep', 10.01));
  expect(argsOf(7)).toBeUndefined();
  play(11.1);
  await vi.waitFor(() => expect(argsOf(7)).toEqual(['nginx: worker 7']));
  play(12.1);
  play(13.1);
  expect(reads).toEqual([7]);
});

test('at most 16 forks a second are read, in turn', async () => {
  const { reads, play } = await start();
  play(10.1, master, ...Array.from({ length: 20 }, (_, index) => fork(100 + index, 10)));
  play(13.1);
  await vi.waitFor(() => expect(reads).toHaveLength(16));
  play(14.1);
  await vi.waitFor(() => expect(reads.slice(16)).toEqual([116, 117, 118, 119]));
});

test('the churn view counts a fork under the title that was read later', async () => {
  const { play, argsOf, commandsNow, store } = await start();
  const before = { 'nginx: master process': { alive: 3, spawns: 2 } };
  // A group without events is not listed.
  const after = { 'nginx: worker *': { alive: 2, spawns: 2 } };
  play(10.1, master, fork(7, 10), fork(8, 10));
  expect(commandsNow()).toEqual(before);
  play(11.1);
  await vi.waitFor(() => expect(argsOf(8)).toEqual(['nginx: worker 8']));
  expect(commandsNow()).toEqual(after);
  // The statistics of a filter are counted from the log.
  store.dispatch({ type: 'showView', view: 'churn' });
  store.dispatch({ type: 'typeFilter', text: 'pid>0' });
  expect(commandsNow()).toEqual(after);
});

test('the churn view of a filter counts a command that was read later', async () => {
  const { play, argsOf, commandsNow, store } = await start();
  store.dispatch({ type: 'showView', view: 'churn' });
  store.dispatch({ type: 'typeFilter', text: 'pid>0' });
  play(10.1, master, fork(7, 10), execed(7, 'sleep', 10.01));
  expect(commandsNow()).toMatchObject({ sleep: { alive: 1, spawns: 1 } });
  play(11.1);
  await vi.waitFor(() => expect(argsOf(7)).toBeDefined());
  expect(commandsNow()).toMatchObject({ 'nginx: worker *': { alive: 1, spawns: 1 } });
});
