import type { EventSource } from '../../domain/source/event-source.ts';
import type { Remark } from '../format/errors.ts';
import { TraceCursor } from './files/cursor.ts';
import { ReplayError } from './files/errors.ts';
import { openParts } from './files/open-files.ts';
import type { TraceFile } from './files/trace-file.ts';
import { indexOnThread } from './index/client.ts';
import { type Clock, Player } from './player/player.ts';

const systemClock: Clock = {
  now: () => process.hrtime.bigint(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Recorded traces as an event source in which time can be travelled. @throws ReplayError, the file system's error */
export const openReplay = async (paths: readonly string[]): Promise<EventSource> => {
  const files = await openParts(paths);
  const close = () => Promise.all(files.map((file) => file.close()));
  let player: Player;
  try {
    await assertRecord(files);
    player = await Player.open({ files, startIndex: indexOnThread(files), clock: systemClock });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    info: player.info,
    replay: player.replay,
    start: (listener) => player.start(listener),
    stop: async () => {
      await player.stop();
      await close();
    },
  };
};

/** Read on until there is a record: without one there is nothing to show. @throws ReplayError where there is none */
export const assertRecord = async (files: readonly TraceFile[]): Promise<void> => {
  let first: Remark | undefined;
  const cursor = new TraceCursor(files, {
    onSkipped(remark) {
      first ??= remark;
    },
  });
  for (let batches = await cursor.next(); batches; batches = await cursor.next()) {
    if (batches.length > 0) return;
  }
  const reason = files.every(({ size }) => size === 0) ? 'empty' : 'foreign';
  throw new ReplayError({ reason, path: files.map(({ name }) => name).join(', '), first });
};
