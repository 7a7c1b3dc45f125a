import type { ProcReader } from '../../proc/reader.ts';
import {
  ackedIndex,
  controlIndex,
  type SamplerMessage,
  type SamplerOptions,
  stopIndex,
} from '../core/protocol.ts';
import { type SamplerClock, toMs } from '../core/sampler.ts';
import { enrichArgs, enrichCgroup, withEnrichment } from '../samplers/enrich.ts';
import { selectSampler } from '../samplers/select-sampler.ts';
import { createIntervalController } from './interval-controller.ts';
import { openOutbox, withAlerts } from './outbox.ts';
import { runSamplingLoop } from './sampling-loop.ts';
import { type ControlMessage, openTee } from './tee.ts';
import { openThreadCpu } from './thread-cpu.ts';

export type RunSamplerOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  options: SamplerOptions;
  /** Shared with the thread that listens. */
  shared: Int32Array;
  post: (message: SamplerMessage) => void;
  /** What the main thread has posted, if anything is left. */
  receive: () => ControlMessage | undefined;
  ownPid: number;
};

/** Everything the sampling thread does, put together. Returns when the stop word is set. */
export const runSampler = ({
  proc,
  clock,
  options,
  shared,
  post,
  receive,
  ownPid,
}: RunSamplerOptions): void => {
  const { intervalNs, cpuLimit, cpuLimitBusy, recordArgs, recordCgroups, alerts } = options;
  let orders = 0;
  const tee = openTee({
    first: openOutbox({
      post: (batch) => post({ type: 'batch', batch }),
      ackedBatches: () => Atomics.load(shared, ackedIndex),
      nowNs: clock.now,
    }),
    // This thread never returns to its event loop, and asking the port costs more than looking at a word.
    takeControl: () => {
      if (Atomics.load(shared, controlIndex) === orders) return undefined;
      orders++;
      return receive();
    },
    nowNs: clock.now,
  });
  const { outbox, heldBack } = withAlerts(tee.outbox, alerts, clock.now);
  const sampler = selectSampler(proc, clock, options, ownPid);
  runSamplingLoop({
    sampler: withEnrichment(sampler, proc, [
      ...(recordArgs ? [enrichArgs] : []),
      ...(recordCgroups ? [enrichCgroup] : []),
    ]),
    pace: createIntervalController({
      fixedMs: intervalNs === undefined ? undefined : toMs(intervalNs),
      cpuLimit,
      cpuLimitBusy,
    }),
    outbox,
    clock,
    // Not a timer: those stop at 1 ms, this takes a quarter of one.
    sleep: (ms) => Atomics.wait(shared, stopIndex, 0, ms) === 'timed-out',
    cpu: openThreadCpu(proc),
    onStatus: (seen) => {
      const held = heldBack();
      const status = held === undefined ? seen : { ...seen, suppressedAlerts: held };
      post({ type: 'status', status });
      tee.status(status);
    },
  });
};
