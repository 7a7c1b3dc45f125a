import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { readProcessDetails } from '../../proc/process-details.ts';
import { openProcReader } from '../../proc/reader.ts';
import { readEnrichedFields } from './enrich.ts';
import type { DetailsAnswer, ReaderOptions, ReaderRequest, RecordAnswer } from './protocol.ts';

const { root, keys, maxArgsLength, port: samplerPort } = workerData as ReaderOptions;

// Opening the files of a short-lived process often fails with ENOENT, and stack traces are expensive.
Error.stackTraceLimit = 0;
const proc = openProcReader(root);

const answer = (message: ReaderRequest, port: MessagePort): void => {
  if (message.type === 'details') {
    const { id, process } = message.request;
    port.postMessage({ id, details: readProcessDetails(proc, process) } satisfies DetailsAnswer);
    return;
  }
  for (const request of message.requests) {
    const fields = readEnrichedFields(proc, request, { keys, maxArgsLength });
    port.postMessage({ id: request.id, fields } satisfies RecordAnswer);
  }
};

for (const port of [parentPort, samplerPort]) port?.on('message', (message) => answer(message, port));
