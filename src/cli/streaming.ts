import type { Writable } from 'node:stream';
import { LineQueue } from '../trace/line-queue.ts';

/** Lines to an output, until somebody asks for an end, the source or the reader ends, or something fails. */
export const openStreaming = (out: Writable, interrupted: Promise<void>) => {
  let end: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  /** Rejects with what failed. */
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  interrupted.then(end);
  const queue = new LineQueue(out, (error) => (error ? fail(error) : end()));
  return { queue, ended, end, fail };
};
