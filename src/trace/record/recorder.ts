import script from 'worker:./worker.ts';
import { MessageChannel, Worker } from 'node:worker_threads';
import { RecordError } from './errors.ts';
import type { RecorderMessage, RecorderStatus, RecordFeed, RecordOptions } from './protocol.ts';

export type Recorder = {
  /** To be handed to the source, which posts its messages there: they never pass through this thread. */
  readonly feed: RecordFeed;
  /** As of a quarter of a second ago. */
  readonly status: RecorderStatus;
  /** Called after each change of the status; gives what ends it. */
  subscribe(listener: (status: RecorderStatus) => void): () => void;
  /** Write what has arrived and an end. What came of it is told within a second, whatever the disk does. */
  stop(): Promise<RecorderStatus>;
};

/** How long a recorder may take to end, ms. */
const stopTimeoutMs = 900;

/**
 * A trace recorder on its own thread.
 * @throws RecordError when the path is refused
 */
export const openRecorder = async (options: RecordOptions): Promise<Recorder> => {
  const { port1, port2 } = new MessageChannel();
  const acked = new Int32Array(new SharedArrayBuffer(4));
  const feed: RecordFeed = { port: port1, acked };
  const worker = new Worker(script, {
    eval: true,
    workerData: { options, feed: { port: port2, acked } },
    transferList: [port2],
    name: 'churntop-recorder',
  });
  const listeners = new Set<(status: RecorderStatus) => void>();
  let status: RecorderStatus | undefined;
  const setStatus = (next: RecorderStatus) => {
    status = next;
    for (const listener of listeners) listener(next);
  };
  const threadExited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const recordingStopped = new Promise<void>((resolve) => {
    listeners.add(({ state }) => {
      if (state === 'ended' || state === 'failed') resolve();
    });
  });

  const firstStatus = await new Promise<RecorderStatus>((resolve, reject) => {
    worker.on('message', (message: RecorderMessage) => {
      if (message.type === 'refused') reject(new RecordError(message.facts));
      if (message.type !== 'status') return;
      resolve(message.status);
      setStatus(message.status);
    });
    worker.on('error', (error: Error) => {
      reject(error);
      if (status) setStatus({ ...status, state: 'failed', error: error.message });
    });
  });

  return {
    feed,
    get status() {
      return status ?? firstStatus;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async stop() {
      worker.postMessage('end');
      let timer: NodeJS.Timeout | undefined;
      const timedOut = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, stopTimeoutMs);
      });
      await Promise.race([Promise.all([recordingStopped, threadExited]), threadExited, timedOut]);
      clearTimeout(timer);
      await Promise.race([worker.terminate(), new Promise((resolve) => setTimeout(resolve, 50))]);
      return status ?? firstStatus;
    },
  };
};
