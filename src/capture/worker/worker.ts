import { performance } from 'node:perf_hooks';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { ProcError } from '../../proc/errors.ts';
import { openProcReader } from '../../proc/reader.ts';
import type { SamplerMessage, SamplerOptions } from '../core/protocol.ts';
import { runSampler } from './run-sampler.ts';
import type { ControlMessage } from './tee.ts';

const { options, shared } = workerData as { options: SamplerOptions; shared: Int32Array };
const post = (message: SamplerMessage) => parentPort?.postMessage(message);
const receive = () => receiveMessageOnPort(parentPort as MessagePort)?.message as ControlMessage | undefined;
const clock = { now: process.hrtime.bigint, ms: () => performance.now() };

// A look for a short life often ends in ENOENT; nobody reads where it was thrown.
Error.stackTraceLimit = 0;
try {
  runSampler({
    proc: openProcReader(options.root),
    clock,
    options,
    shared,
    post,
    receive,
    ownPid: process.pid,
  });
} catch (error) {
  const { message, path, code } = error as ProcError;
  post({ type: 'failed', message, path, code });
}
