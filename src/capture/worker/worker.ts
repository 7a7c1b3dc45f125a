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
const clock = { nowNs: process.hrtime.bigint, nowMs: () => performance.now() };

// Opening the files of a short-lived process often fails with ENOENT, and stack traces are expensive.
Error.stackTraceLimit = 0;
try {
  const proc = openProcReader(options.root);
  runSampler({ proc, clock, options, shared, post, receive, ownPid: process.pid });
} catch (error) {
  const { name, message, path, code } = error as ProcError;
  post({ type: 'failed', name, message, path, code });
}
