import type { EventSource } from '../../domain/source/event-source.ts';
import type { Diagnostic } from '../format/errors.ts';
import { TraceCursor } from './files/cursor.ts';
import { ReplayError } from './files/errors.ts';
import { openReplayFiles } from './files/open-files.ts';
import type { ReplayFile } from './files/trace-file.ts';
import { startIndexOnThread } from './index/client.ts';
import { Player, type PlayerClock } from './player/player.ts';

const systemClock: PlayerClock = {
  now: () => process.hrtime.bigint(),
  schedule: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Recorded traces as an event source in which time can be travelled. @throws ReplayError, the file system's error */
export const openReplay = async (paths: readonly string[]): Promise<EventSource> => {
  const files = await openReplayFiles(paths);
  const close = () => Promise.all(files.map((file) => file.close()));
  let player: Player;
  try {
    await assertHasRecord(files);
    player = await Player.open({ files, startIndex: startIndexOnThread(files), clock: systemClock });
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
export const assertHasRecord = async (files: readonly ReplayFile[]): Promise<void> => {
  let firstDiagnostic: Diagnostic | undefined;
  const cursor = new TraceCursor(files, {
    onSkipped(remark) {
      firstDiagnostic ??= remark;
    },
  });
  for (let batches = await cursor.next(); batches; batches = await cursor.next()) {
    if (batches.length > 0) return;
  }
  const reason = files.every(({ size }) => size === 0) ? 'empty' : 'foreign';
  throw new ReplayError({ reason, path: files.map(({ name }) => name).join(', '), firstDiagnostic });
};
