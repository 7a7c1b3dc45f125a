import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { StrictMode } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EventSource, SourceListener } from '../../src/domain/source/event-source.ts';
import { type ProcWalkerView, useProcWalker } from '../../src/hooks/use-proc-walker.ts';
import { Store } from '../../src/store/store.ts';
import { exited, scriptedSource, seconds, sourceInfo, spawned, walkStatus } from '../support/fixtures/events.ts';

const frameMs = 100;

beforeEach(() => {
  vi.useFakeTimers();
});
const mounted: { unmount: () => void }[] = [];
afterEach(() => {
  for (const app of mounted.splice(0)) app.unmount();
  vi.useRealTimers();
});

const names = ({ live }: ProcWalkerView) => live.map(({ comm }) => comm);

type Props = { source: EventSource; shared?: Store | undefined; onRender?: (view: ProcWalkerView) => void };

/** The hook in a component that draws it. */
const Watch = ({ source, shared, onRender }: Props) => {
  const view = useProcWalker(source, shared);
  onRender?.(view);
  return <Text>{names(view).join(' ')}</Text>;
};

/** It, with a source played by hand. */
const mount = async (source = scriptedSource(), shared?: Store) => {
  const views: ProcWalkerView[] = [];
  const app = render(<Watch source={source} shared={shared} onRender={(view) => views.push(view)} />);
  mounted.push(app);
  const frame = () => vi.advanceTimersByTimeAsync(frameMs);
  await frame();
  return {
    app,
    source,
    frame,
    renders: () => views.length,
    view: () => views.at(-1) as ProcWalkerView,
    play: (at: number, ...records: Parameters<SourceListener['onBatch']>[0]['records']) =>
      source.listener().onBatch({ nowNs: seconds(at), records }),
  };
};

test('gives who lives, what happened, and how often', async () => {
  const { view, play, frame, app } = await mount();
  expect(view()).toMatchObject({
    live: [],
    events: [],
    paused: false,
    missed: 0,
    status: undefined,
    ended: undefined,
  });
  play(1, spawned(1, 'init', 1, { initial: true }), spawned(5, 'sh', 1), spawned(6, 'ls', 1));
  play(2, exited(6, 'ls', 1.5));
  await frame();
  expect(names(view())).toEqual(['init', 'sh']);
  expect(app.lastFrame()).toBe('init sh');
  expect(view().events.map(({ record }) => record.probe_source)).toEqual([
    'process.spawned',
    'process.spawned',
    'process.exited',
  ]);
  expect(view().rates).toEqual({ spawns: 0.4, exits: 0.2 });
});

test('draws at most once a frame, however many batches come', async () => {
  const { play, frame, renders } = await mount();
  const before = renders();
  for (let at = 1; at < 500; at++) play(at, spawned(at, 'x', at));
  await frame();
  expect(renders()).toBe(before + 1);
});

test('pauses, counts what is missed, and resumes', async () => {
  const { view, play, frame } = await mount();
  play(1, spawned(5, 'before', 1));
  await frame();
  view().pause();
  view().pause();
  await frame();
  expect(view().paused).toBe(true);
  play(2, spawned(6, 'during', 2), exited(5, 'before', 2));
  await frame();
  expect(view()).toMatchObject({ missed: 2 });
  expect(names(view())).toEqual(['before']);
  expect(view().events).toHaveLength(1);
  view().resume();
  view().resume();
  await frame();
  expect(view()).toMatchObject({ paused: false, missed: 0 });
  expect(names(view())).toEqual(['during']);
  expect(view().events).toHaveLength(3);
});

test('tells how the source is looking, and why it ended', async () => {
  const { view, source, frame } = await mount();
  source.listener().onStatus(walkStatus);
  await frame();
  expect(view().status).toBe(walkStatus);
  source.listener().onEnd?.();
  await frame();
  expect(view().ended).toBe('end');
  const error = new Error('died');
  source.listener().onError(error);
  await frame();
  expect(view().ended).toBe(error);
});

describe('the source', () => {
  test('is started once and stopped on unmount', async () => {
    const source = scriptedSource();
    const start = vi.spyOn(source, 'start');
    const { app, play, frame } = await mount(source);
    play(1, spawned(5, 'x', 1));
    await frame();
    expect([start.mock.calls.length, source.stops]).toEqual([1, 0]);
    app.unmount();
    await frame();
    expect([start.mock.calls.length, source.stops]).toEqual([1, 1]);
  });

  test('that cannot be stopped says so, and nothing is thrown', async () => {
    const error = new Error('stuck');
    const source: EventSource = { info: sourceInfo, start: () => {}, stop: () => Promise.reject(error) };
    const store = new Store({ info: sourceInfo });
    const app = render(<Watch source={source} shared={store} />);
    await vi.advanceTimersByTimeAsync(frameMs);
    app.unmount();
    await vi.advanceTimersByTimeAsync(frameMs);
    expect(store.getSnapshot().ended).toBe(error);
  });

  test('that is exchanged is stopped, and the new one started', async () => {
    const [one, two] = [scriptedSource(), scriptedSource()];
    const app = render(<Watch source={one} />);
    mounted.push(app);
    await vi.advanceTimersByTimeAsync(frameMs);
    app.rerender(<Watch source={two} />);
    await vi.advanceTimersByTimeAsync(frameMs);
    expect(one.stops).toBe(1);
    expect(() => one.listener()).toThrow('not started');
    expect(two.listener()).toBeDefined();
  });

  test('is running in strict mode, too, where effects run twice', async () => {
    const source = scriptedSource();
    const app = render(
      <StrictMode>
        <Watch source={source} />
      </StrictMode>,
    );
    mounted.push(app);
    await vi.advanceTimersByTimeAsync(frameMs);
    source.listener().onBatch({ nowNs: seconds(1), records: [spawned(5, 'x', 1)] });
    await vi.advanceTimersByTimeAsync(frameMs);
    expect(app.lastFrame()).toBe('x');
  });
});

test('feeds a shared store instead of one of its own', async () => {
  const store = new Store({ info: sourceInfo });
  const { play, frame } = await mount(scriptedSource(), store);
  play(1, spawned(5, 'x', 1));
  await frame();
  expect(store.getSnapshot().system.table.size).toBe(1);
});
