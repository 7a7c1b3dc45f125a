import type { Worker } from 'node:worker_threads';
import { type ProcessId, processKey } from '../domain/events/process-id.ts';
import type { ProcessDetails } from '../domain/source/event-source.ts';
import { blockedThreads } from '../util/blocked-threads.ts';
import { type DetailsAnswer, maxReaders } from './reader/protocol.ts';
import { startReader, stopReader } from './reader/reader-thread.ts';

/** A read that takes longer is abandoned, ms. */
const readTimeoutMs = 1000;

/** A reader thread, and the process that it reads. */
type Reader = { worker: Worker; reading: string | undefined };

const unreadDetails = (reason: string): ProcessDetails => ({
  args: undefined,
  argsTruncated: false,
  cgroup: undefined,
  unread: reason,
});

/** Reads the details of processes on reader threads, one process each, because such a read may never return. */
export class DetailsReader {
  readonly #root: string;
  readonly #findSharedReader: () => Worker | undefined;
  readonly #readers: Reader[] = [];
  #nextId = 0;

  /** `findSharedReader` returns the thread that reads for records, if there is one. Another thread would need 10 MB. */
  constructor(root: string, findSharedReader: () => Worker | undefined) {
    this.#root = root;
    this.#findSharedReader = findSharedReader;
  }

  async read(process: ProcessId): Promise<ProcessDetails | undefined> {
    const key = processKey(process);
    const reader = this.#readers.some(({ reading }) => reading === key) ? undefined : this.#findReader();
    if (!reader) return unreadDetails('an earlier read has not returned');
    reader.reading = key;
    const { worker } = reader;
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        blockedThreads.add(worker);
        resolve(unreadDetails(`no answer within ${readTimeoutMs / 1000} s`));
      }, readTimeoutMs);
      timer.unref();
      const finish = (details: ProcessDetails | undefined) => {
        clearTimeout(timer);
        blockedThreads.delete(worker);
        worker.off('message', onAnswer);
        worker.off('exit', onExit);
        reader.reading = undefined;
        resolve(details);
      };
      const onAnswer = ({ id: answered, details }: DetailsAnswer) => {
        if (answered === id) finish(details);
      };
      const onExit = () => finish(undefined);
      worker.on('message', onAnswer);
      worker.once('exit', onExit);
      worker.postMessage({ type: 'details', request: { id, process } });
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#readers.splice(0).map(({ worker }) => stopReader(worker)));
  }

  #findReader(): Reader | undefined {
    const free = this.#readers.find(({ reading }) => reading === undefined);
    if (free || this.#readers.length >= maxReaders) return free;
    const shared = this.#findSharedReader();
    const isUsed = this.#readers.some(({ worker }) => worker === shared);
    const worker = shared && !isUsed ? shared : this.#startReader();
    const reader: Reader = { worker, reading: undefined };
    const remove = () => {
      const index = this.#readers.indexOf(reader);
      if (index >= 0) this.#readers.splice(index, 1);
    };
    worker.once('error', remove);
    worker.once('exit', remove);
    this.#readers.push(reader);
    return reader;
  }

  #startReader(): Worker {
    return startReader({
      root: this.#root,
      keys: { args: false, cgroup: false },
      maxArgsLength: 0,
      port: undefined,
    });
  }
}
