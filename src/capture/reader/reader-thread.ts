import script from 'worker:./worker.ts';
import { Worker } from 'node:worker_threads';
import { blockedThreads } from '../../util/blocked-threads.ts';
import type { ReaderOptions } from './protocol.ts';

/** How long a reader thread may take to exit, ms. */
const stopTimeoutMs = 100;

/** Starts a thread for reads that may never return. It does not keep the process alive. */
export const startReader = (options: ReaderOptions): Worker => {
  const worker = new Worker(script, {
    eval: true,
    workerData: options,
    name: 'churntop-reader',
    transferList: options.port ? [options.port] : [],
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 16 },
  });
  worker.unref();
  // A reader that fails sends no answer, and is replaced like one that is blocked.
  worker.on('error', () => {});
  worker.once('exit', () => blockedThreads.delete(worker));
  return worker;
};

/** Stops a reader thread. If its read does not return, the thread is abandoned. */
export const stopReader = async (worker: Worker): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), stopTimeoutMs);
  });
  // Added before the wait, because a second signal may exit in between.
  blockedThreads.add(worker);
  if ((await Promise.race([worker.terminate(), timeout])) !== 'timeout') blockedThreads.delete(worker);
  clearTimeout(timer);
};
