import script from 'worker:./worker.ts';
import { MessageChannel, Worker } from 'node:worker_threads';
import { waitAtMost } from '../../util/wait.ts';
import { RecordError } from './errors.ts';
import type { RecorderMessage, RecorderStatus, RecordFeed, RecordOptions } from './protocol.ts';

/** A trace recorder on its own thread. */
export type Recorder = {
  /** The input to pass to the source, which sends its messages to the recorder thread directly. */
  readonly feed: RecordFeed;
  /** The last status, at most 250 ms old. */
  readonly status: RecorderStatus;
  /** Calls the listener after each change of the status. Returns a function that removes the listener. */
  subscribe(listener: (status: RecorderStatus) => void): () => void;
  /** Writes the received records and `trace.end`. Resolves within a second, even if the disk does not respond. */
  stop(): Promise<RecorderStatus>;
};

/** Time that the recorder thread has to write the last records. */
const stopTimeoutMs = 900;
const terminateTimeoutMs = 50;

/** Starts a recorder thread and opens the file. @throws RecordError if the path cannot be recorded to */
export const openRecorder = async (options: RecordOptions): Promise<Recorder> => {
  const recorder = new RecorderThread(options);
  await recorder.opened;
  return recorder;
};

class RecorderThread implements Recorder {
  readonly feed: RecordFeed;
  /** Resolves after the first status. Rejects if the file cannot be opened. */
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #exited: Promise<unknown>;
  readonly #listeners = new Set<(status: RecorderStatus) => void>();
  #status: RecorderStatus | undefined;

  constructor(options: RecordOptions) {
    const { port1, port2 } = new MessageChannel();
    const acked = new Int32Array(new SharedArrayBuffer(4));
    this.feed = { port: port1, acked };
    const worker = new Worker(script, {
      eval: true,
      workerData: { options, feed: { port: port2, acked } },
      transferList: [port2],
      name: 'churntop-recorder',
    });
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', resolve));
    this.opened = new Promise((resolve, reject) => {
      worker.on('message', (message: RecorderMessage) => {
        if (message.type === 'refused') reject(new RecordError(message.details));
        if (message.type !== 'status') return;
        this.#setStatus(message.status);
        resolve();
      });
      worker.on('error', (error: Error) => {
        reject(error);
        if (this.#status) this.#setStatus({ ...this.#status, state: 'failed', error: error.message });
      });
    });
  }

  /** Defined when `opened` has resolved. */
  get status(): RecorderStatus {
    return this.#status as RecorderStatus;
  }

  subscribe(listener: (status: RecorderStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async stop(): Promise<RecorderStatus> {
    this.#worker.postMessage('end');
    await waitAtMost(this.#exited, stopTimeoutMs);
    await waitAtMost(this.#worker.terminate(), terminateTimeoutMs);
    return this.status;
  }

  #setStatus(status: RecorderStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }
}
