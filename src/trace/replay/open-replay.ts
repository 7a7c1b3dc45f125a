import type { EventSource } from '../../domain/source.ts';
import { assertRecord } from './first-record.ts';
import { indexOnThread } from './index-client.ts';
import { openParts } from './parts.ts';
import { type Clock, Player } from './player.ts';

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
