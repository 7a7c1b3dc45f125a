import { parentPort, workerData } from 'node:worker_threads';
import type { ProcError } from '../proc/errors.ts';
import { openProc } from '../proc/reader.ts';
import { ProcWalker } from '../proc/walker.ts';
import { runEngine } from './engine.ts';
import type { SamplerMessage, SamplerOptions } from './protocol.ts';

const { options, stop } = workerData as { options: SamplerOptions; stop: Int32Array };
const post = (message: SamplerMessage) => parentPort?.postMessage(message);

try {
  runEngine({
    walker: new ProcWalker({ proc: openProc(options.root), bootOffsetNs: options.info.bootOffsetNs }),
    intervalNs: options.intervalNs ?? 100_000_000n,
    now: process.hrtime.bigint,
    sleep: (ns) => Atomics.wait(stop, 0, 0, Number(ns) / 1e6) === 'timed-out',
    cpu: () => 0n,
    onBatch: (batch) => post({ type: 'batch', batch }),
    onStatus: (status) => post({ type: 'status', status }),
  });
} catch (error) {
  const { message, path, code } = error as ProcError;
  post({ type: 'failed', message, path, code });
}
