import script from 'worker:./worker.ts';
import { MessageChannel, Worker } from 'node:worker_threads';
import { waitAtMost } from '../../util/wait.ts';
import { RecordError } from './errors.ts';
import type { RecorderMessage, RecorderStatus, RecordFeed, RecordOptions } from './protocol.ts';

/** A trace recorder on its own thread. */
export type Recorder = {
  /** The input to pass to the source, whose messages go to the recorder thread directly. */
  readonly feed: RecordFeed;
  /** The last status, at most 250 ms old. */
  readonly status: RecorderStatus;
  /** Calls the listener after each change of the status. Returns a function that unsubscribes it. */
  subscribe(listener: (status: RecorderStatus) => void): () => void;
  /** Writes the received records and `trace.end`. Resolves within a second, even if the disk does not respond. */
  stop(): Promise<RecorderStatus>;
};

/** Time that the recorder thread has to write its end. */
const stopTimeoutMs = 900;
const terminateTimeoutMs = 50;

/** Starts a recorder thread and opens the file. @throws RecordError if the path cannot be recorded to */
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

  const firstStatus = await new Promise<RecorderStatus>((resolve, reject) => {
    worker.on('message', (message: RecorderMessage) => {
      if (message.type === 'refused') reject(new RecordError(message.details));
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
      await waitAtMost(threadExited, stopTimeoutMs);
      await waitAtMost(worker.terminate(), terminateTimeoutMs);
      return status ?? firstStatus;
    },
  };
};
