import type { SourceListener } from '../domain/source/event-source.ts';
import { ProcError } from '../proc/errors.ts';
import type { SamplerMessage } from './core/protocol.ts';

export type MessageBuffer = ReturnType<typeof createMessageBuffer>;

/**
 * What a sampler posts, for one listener. What comes before there is one waits: few batches, as the sampler posts no
 * more until some are `taken`, and of its statuses the last.
 */
export const createMessageBuffer = (onTaken: () => void) => {
  let listener: SourceListener | undefined;
  let waiting: SamplerMessage[] = [];
  let error: Error | undefined;

  const deliver = (message: SamplerMessage, to: SourceListener): void => {
    if (message.type === 'batch') {
      onTaken();
      to.onBatch(message.batch);
    } else if (message.type === 'status') to.onStatus(message.status);
    else if (message.type === 'failed') to.onError(failure(message));
  };

  return {
    put(message: SamplerMessage): void {
      if (listener) deliver(message, listener);
      else
        waiting = waiting
          .filter(({ type }) => type !== 'status' || message.type !== 'status')
          .concat(message);
    },
    /** The thread itself failed. */
    fail(why: Error): void {
      error = why;
      listener?.onError(why);
    },
    listen(to: SourceListener): void {
      listener = to;
      for (const message of waiting) deliver(message, to);
      waiting = [];
      if (error) to.onError(error);
    },
  };
};

/** An Error loses its class on the way between threads; its facts do not. */
const failure = ({ message, path, code }: SamplerMessage & { type: 'failed' }): Error =>
  path === undefined ? new Error(message) : new ProcError(message, { path, code });
