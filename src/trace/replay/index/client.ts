import script from 'worker:./worker.ts';
import { Worker } from 'node:worker_threads';
import type { OpenReplayFile } from '../files/trace-file.ts';
import type { IndexMessage } from './protocol.ts';

/** Something that indexes a trace and tells of it until it is stopped. */
export type StartIndex = (
  onMessage: (message: IndexMessage) => void,
  onError: (error: Error) => void,
) => { stop(): Promise<void> };

/** Nearly all that indexing makes is garbage at once; room for more of it would only be held, not used. */
const youngGenerationMb = 16;

/** Indexing on a thread of its own: it reads a gigabyte while the screen plays. */
export const startIndexOnThread =
  (openFiles: readonly OpenReplayFile[]): StartIndex =>
  (onMessage, onError) => {
    const files = openFiles.map(({ name, size, fd }) => ({ name, size, fd }));
    const worker = new Worker(script, {
      eval: true,
      workerData: { files },
      name: 'churntop-index',
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    });
    worker.on('message', onMessage);
    worker.on('error', onError);
    return {
      stop: async () => {
        worker.off('error', onError);
        await worker.terminate();
      },
    };
  };
