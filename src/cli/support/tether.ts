import type { Readable } from 'node:stream';

/**
 * Returns a signal that aborts when the input ends, fails, or has delivered no byte for `silenceNs`. What it delivers is
 * discarded. A program at the far end of a line learns this way that the line is dead.
 */
export const tetherSignal = (input: Readable, silenceNs: bigint): AbortSignal => {
  const controller = new AbortController();
  const end = () => {
    clearTimeout(timer);
    input.destroy();
    controller.abort();
  };
  const timer = setTimeout(end, Math.ceil(Number(silenceNs) / 1e6));
  input.on('data', () => timer.refresh());
  input.on('end', end);
  input.on('error', end);
  return controller.signal;
};
