import type { EventSource } from '../../domain/source/event-source.ts';
import type { Diagnostic } from '../format/errors.ts';
import { TraceCursor } from './files/cursor.ts';
import { ReplayError } from './files/errors.ts';
import { openReplayFiles } from './files/open-files.ts';
import type { ReplayFile } from './files/replay-file.ts';
import { startIndexOnThread } from './index/client.ts';
import { Player } from './player/player.ts';
import { systemClock } from './player/player-clock.ts';

/** Opens recorded traces as an event source that can seek, paused at the start. @throws ReplayError, or the file system's error */
export const openReplay = async (paths: readonly string[]): Promise<EventSource> => {
  const files = await openReplayFiles(paths);
  const close = () => Promise.all(files.map((file) => file.close()));
  let player: Player;
  try {
    await assertHasRecord(files);
    player = await Player.open({
      files,
      startIndex: startIndexOnThread(files),
      clock: systemClock,
      playing: false,
    });
  } catch (error) {
    await close();
    throw error;
  }
  let stopped: Promise<unknown> | undefined;
  return {
    info: player.info,
    replay: player.replay,
    start: (listener) => player.start(listener),
    stop: async () => {
      stopped ??= player.stop().then(close);
      await stopped;
    },
  };
};

/** Reads up to the first record. @throws ReplayError if the files have no record */
export const assertHasRecord = async (files: readonly ReplayFile[]): Promise<void> => {
  let firstDiagnostic: Diagnostic | undefined;
  const cursor = new TraceCursor(files, {
    onSkipped(diagnostic) {
      firstDiagnostic ??= diagnostic;
    },
  });
  for (let batches = await cursor.next(); batches; batches = await cursor.next()) {
    if (batches.length > 0) return;
  }
  const reason = files.every(({ size }) => size === 0) ? 'empty' : 'not-a-trace';
  throw new ReplayError({ reason, path: files.map(({ name }) => name).join(', '), firstDiagnostic });
};
