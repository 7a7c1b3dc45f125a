import { performance } from 'node:perf_hooks';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { ProcError } from '../../proc/errors.ts';
import { openProc } from '../../proc/reader.ts';
import type { SamplerMessage, SamplerOptions } from '../core/protocol.ts';
import { sample } from './run-sampler.ts';
import type { TeeOrder } from './tee.ts';

const { options, words } = workerData as { options: SamplerOptions; words: Int32Array };
const post = (message: SamplerMessage) => parentPort?.postMessage(message);
const receive = () => receiveMessageOnPort(parentPort as MessagePort)?.message as TeeOrder | undefined;
const clock = { now: process.hrtime.bigint, ms: () => performance.now() };

// A look for a short life often ends in ENOENT; nobody reads where it was thrown.
Error.stackTraceLimit = 0;
try {
  sample({ proc: openProc(options.root), clock, options, words, post, receive, ownPid: process.pid });
} catch (error) {
  const { message, path, code } = error as ProcError;
  post({ type: 'failed', message, path, code });
}
