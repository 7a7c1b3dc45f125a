import type { ReplayCommand } from '../../../../src/domain/source/replay-control.ts';
import { Store } from '../../../../src/store/store.ts';
import { TraceComposer } from '../../../../src/trace/format/composer.ts';
import { Player } from '../../../../src/trace/replay/player/player.ts';
import { exited, seconds, sourceInfo, spawned } from '../../../support/fixtures/events.ts';
import { manualClock, memoryFile, startIndexInline } from '../../../support/harness/replay.ts';

export const limits = { count: 6, bytes: 1 << 20, spacing: 300 };
export const history = 7;

export const openPlayer = async (texts: string[], { chunk: chunkBytes = 333, playing = false } = {}) => {
  const files = texts.map((text, index) => memoryFile(text, `part-${index}`));
  const clock = manualClock();
  const startIndex = startIndexInline(files, limits, chunkBytes);
  const player = await Player.open({ files, startIndex, clock, history, chunkBytes, limits, playing });
  const store = new Store({ info: player.info, replay: player.replay.status(), maxLogEntries: history });
  store.connect(player);
  const status = () =>
    store.getSnapshot().replay as NonNullable<ReturnType<typeof store.getSnapshot>['replay']>;
  while (status().indexedShare < 1) await new Promise((done) => setImmediate(done));
  const run = async (...commands: ReplayCommand[]) => {
    for (const command of commands) player.replay.send(command);
    await player.whenIdle();
  };
  return { files, clock, player, store, status, run, world: () => store.getSnapshot().system };
};

/** Returns a trace of ten processes, one a second, each 500 ms long, with a gap and an idle minute. */
export const quietTrace = (): string => {
  const composer = new TraceComposer({ info: sourceInfo, tool: 'churntop test' });
  let text = composer.begin(seconds(100));
  text += composer.line(spawned(1, 'systemd', 100, { initial: true }));
  for (let index = 0; index < 10; index++) {
    const at = 101 + index + (index >= 5 ? 60 : 0);
    text += composer.line(spawned(200 + index, index % 2 ? 'odd' : 'even', at));
    text += composer.line(
      exited(200 + index, index % 2 ? 'odd' : 'even', at + 0.5, { lifetime_ns: seconds(0.5) }),
    );
    if (index === 6)
      text += composer.line({
        probe_source: 'trace.gap',
        reason: 'unseen',
        tasks: 3,
        from_monotonic_ns: seconds(at),
        to_monotonic_ns: seconds(at + 0.7),
      });
  }
  return text + composer.end(seconds(171));
};

/** Returns a time on the timeline of `quietTrace`. */
export const at = (second: number) => seconds(second) + sourceInfo.wallOffsetNs;

export const lastRecord = (store: Store) => {
  const { log } = store.getSnapshot().system;
  return log.at(log.length - 1)?.record;
};
