import { readBootOffsetNs } from '../../proc/host-info.ts';
import type { ProcReader } from '../../proc/reader.ts';
import {
  ackedIndex,
  controlIndex,
  type SamplerMessage,
  type SamplerOptions,
  stopIndex,
} from '../core/protocol.ts';
import { type SamplerClock, toMs } from '../core/sampler.ts';
import { openKernelSampler } from '../samplers/open-kernel.ts';
import { selectSampler } from '../samplers/select-sampler.ts';
import { withAlerts } from './alerting-outbox.ts';
import { ClockWatch } from './clock-watch.ts';
import { EnrichingOutbox } from './enriching-outbox.ts';
import { IntervalController } from './interval-controller.ts';
import { BatchOutbox } from './outbox.ts';
import { RecordReaders } from './record-readers.ts';
import { runSamplingLoop } from './sampling-loop.ts';
import { type ControlMessage, Tee } from './tee.ts';
import { openThreadCpu } from './thread-cpu.ts';

export type RunSamplerOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  options: SamplerOptions;
  /** The counters shared with the main thread. */
  shared: Int32Array;
  post: (message: SamplerMessage) => void;
  /** Returns the oldest unread message of the main thread. */
  receive: () => ControlMessage | undefined;
  ownPid: number;
};

/** Runs the sampler until the main thread sets the stop counter. */
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
  const readers = new RecordReaders(() => post({ type: 'readerBlocked' }));
  let enriching: EnrichingOutbox | undefined;
  // Records may wait for their fields: a batch is complete up to the first one that does.
  const nowNs = () => enriching?.waitingSinceNs ?? clock.nowNs();
  let handledMessages = 0;
  const tee = new Tee({
    mainOutbox: new BatchOutbox({
      post: (batch) => post({ type: 'batch', batch }),
      ackedBatches: () => Atomics.load(shared, ackedIndex),
      nowNs,
    }),
    // This thread never returns to its event loop. Reading the counter is cheaper than polling the port.
    nextControlMessage: () => {
      if (Atomics.load(shared, controlIndex) === handledMessages) return undefined;
      handledMessages++;
      return receive();
    },
    addReader: (port) => readers.add(port),
    nowNs,
  });
  const { outbox, suppressed } = withAlerts(tee, alerts, nowNs);
  if (recordArgs || recordCgroups)
    enriching = new EnrichingOutbox({
      outbox,
      reader: readers,
      keys: { args: recordArgs, cgroup: recordCgroups },
      sleep: () => {
        Atomics.wait(shared, ackedIndex, Atomics.load(shared, ackedIndex), 1);
        return clock.nowMs();
      },
    });
  const sampler = selectSampler({ proc, clock, options, ownPid, openKernelSampler });
  const { wallOffsetNs, bootOffsetNs } = options.info;
  const clockWatch = new ClockWatch({
    // Not the time of a record that waits, which is in the past.
    nowNs: clock.nowNs,
    wallNs: () => BigInt(Date.now()) * 1_000_000n,
    readBootOffsetNs: (atNs) => readBootOffsetNs(proc, atNs),
    wallOffsetNs,
    bootOffsetNs,
  });
  runSamplingLoop({
    sampler,
    interval: new IntervalController({
      fixedMs: intervalNs === undefined ? undefined : toMs(intervalNs),
      cpuLimit,
      cpuLimitBusy,
    }),
    outbox: enriching ?? outbox,
    clock,
    // Timers have a resolution of 1 ms, and the shortest interval is 0.25 ms.
    sleep: (ms) => Atomics.wait(shared, stopIndex, 0, ms) === 'timed-out',
    threadCpuMs: openThreadCpu(proc),
    checkClock: (nowMs) => {
      const offsets = clockWatch.check(nowMs);
      if (!offsets) return;
      sampler.setBootOffset(offsets.bootOffsetNs);
      post({ type: 'clock', offsets });
      tee.postClock(offsets);
    },
    onStatus: (sampled) => {
      const suppressedAlerts = suppressed();
      const status = suppressedAlerts === undefined ? sampled : { ...sampled, suppressedAlerts };
      post({ type: 'status', status });
      tee.postStatus(status);
    },
  });
};
