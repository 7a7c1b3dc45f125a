import script from 'worker:./worker.ts';
import { Worker } from 'node:worker_threads';
import type { OpenReplayFile } from '../files/replay-file.ts';
import type { IndexMessage } from './protocol.ts';

/** Starts indexing a trace. Messages arrive until it is stopped. */
export type StartIndex = (
  onMessage: (message: IndexMessage) => void,
  onError: (error: Error) => void,
) => { stop(): Promise<void> };

/** Size of the young generation, MiB. It can be small, because nearly all objects of indexing are short-lived. */
const youngGenerationMb = 16;

/** Indexes open files on a thread of its own, so that a large trace can be viewed before it is indexed. */
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
