import type { Proc } from '../../proc/reader.ts';
import {
  orderWord,
  type SamplerMessage,
  type SamplerOptions,
  stopWord,
  takenWord,
} from '../core/protocol.ts';
import { type Clock, toMs } from '../core/sampler.ts';
import { askArgs, askCgroup, asking } from '../samplers/enrich.ts';
import { openSampler } from '../samplers/select-sampler.ts';
import { createPace } from './interval-controller.ts';
import { alerting, openOutbox } from './outbox.ts';
import { runEngine } from './sampling-loop.ts';
import { openTee, type TeeOrder } from './tee.ts';
import { openOwnCpu } from './thread-cpu.ts';

export type SamplingOptions = {
  proc: Proc;
  clock: Clock;
  options: SamplerOptions;
  /** Shared with the thread that listens. */
  words: Int32Array;
  post: (message: SamplerMessage) => void;
  /** What the main thread has posted, if anything is left. */
  receive: () => TeeOrder | undefined;
  ownPid: number;
};

/** Everything the sampling thread does, put together. Returns when the stop word is set. */
export const sample = ({ proc, clock, options, words, post, receive, ownPid }: SamplingOptions): void => {
  const { intervalNs, cpu, cpuBusy, args, cgroups, alerts } = options;
  let orders = 0;
  const tee = openTee({
    first: openOutbox({
      post: (batch) => post({ type: 'batch', batch }),
      acknowledged: () => Atomics.load(words, takenWord),
      now: clock.now,
    }),
    // This thread never returns to its event loop, and asking the port costs more than looking at a word.
    takeOrder: () => {
      if (Atomics.load(words, orderWord) === orders) return undefined;
      orders++;
      return receive();
    },
    now: clock.now,
  });
  const { outbox, heldBack } = alerting(tee.outbox, alerts, clock.now);
  const sampler = openSampler(proc, clock, options, ownPid);
  runEngine({
    sampler: asking(sampler, proc, [...(args ? [askArgs] : []), ...(cgroups ? [askCgroup] : [])]),
    pace: createPace({ pinnedMs: intervalNs === undefined ? undefined : toMs(intervalNs), cpu, cpuBusy }),
    outbox,
    clock,
    // Not a timer: those stop at 1 ms, this takes a quarter of one.
    sleep: (ms) => Atomics.wait(words, stopWord, 0, ms) === 'timed-out',
    cpu: openOwnCpu(proc),
    onStatus: (seen) => {
      const held = heldBack();
      const status = held === undefined ? seen : { ...seen, alertsHeldBack: held };
      post({ type: 'status', status });
      tee.status(status);
    },
  });
};
