import script from 'worker:./worker.ts';
import { Worker } from 'node:worker_threads';
import type { EventSource, SourceListener } from '../domain/source.ts';
import { ProcError } from '../proc/errors.ts';
import { readFacts } from '../proc/facts.ts';
import { openProc } from '../proc/reader.ts';
import type { SamplerMessage, SamplerOptions } from './protocol.ts';

export type LiveOptions = {
  /** The proc root. Default `/proc`. */
  root?: string | undefined;
  /** A fixed time between looks, ns. Default: adaptive. */
  intervalNs?: bigint | undefined;
};

/** Live capture as an event source: the sampling runs on its own thread, which never waits for this one. */
export const openLive = ({ root = '/proc', intervalNs }: LiveOptions = {}): EventSource => {
  const proc = openProc(root);
  // Fails here, before a thread is started or a screen is taken over.
  proc.list();
  const info = readFacts(proc, process.hrtime.bigint());
  const options: SamplerOptions = { root, intervalNs, info };
  const stop = new Int32Array(new SharedArrayBuffer(4));
  let worker: Worker | undefined;

  return {
    info,
    start(listener) {
      worker = new Worker(script, { eval: true, workerData: { options, stop }, name: 'churntop-sampler' });
      worker.on('message', (message: SamplerMessage) => deliver(message, listener));
      worker.on('error', (error) => listener.onError(error));
    },
    async stop() {
      Atomics.store(stop, 0, 1);
      Atomics.notify(stop, 0);
      await worker?.terminate();
      worker = undefined;
    },
    states(pids) {
      const letters = new Map<number, string>();
      for (const pid of pids) {
        const reading = proc.read(pid);
        if (typeof reading !== 'string') letters.set(pid, reading.stat.state);
      }
      return letters;
    },
  };
};

const deliver = (message: SamplerMessage, listener: SourceListener): void => {
  if (message.type === 'batch') listener.onBatch(message.batch);
  else if (message.type === 'status') listener.onStatus(message.status);
  else listener.onError(failure(message));
};

/** An Error loses its class on the way between threads; its facts do not. */
const failure = ({ message, path, code }: SamplerMessage & { type: 'failed' }): Error =>
  path === undefined ? new Error(message) : new ProcError(message, { path, code });
