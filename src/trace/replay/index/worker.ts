import { read as readFd } from 'node:fs';
import { promisify } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { errnoName } from '../../../util/errno.ts';
import { buildIndex } from './build.ts';
import type { IndexMessage, IndexOptions } from './protocol.ts';

const { files, limits } = workerData as IndexOptions;
const read = promisify(readFd);

const post = (message: IndexMessage) => parentPort?.postMessage(message);

buildIndex({
  files: files.map(({ name, size, fd }) => ({
    name,
    size,
    read: async (buffer, position) => (await read(fd, buffer, 0, buffer.length, position)).bytesRead,
  })),
  post,
  now: () => performance.now(),
  limits,
}).catch((error: Error) => post({ type: 'failed', message: error.message, code: errnoName(error) }));
