import type { ChurnRecord } from '../../domain/events/event.ts';
import { readBootOffsetNs } from '../../proc/host-info.ts';
import { readLoad } from '../../proc/loadavg.ts';
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
import { ChildrenCpuOutbox } from './children-cpu-outbox.ts';
import { ClockWatch } from './clock-watch.ts';
import { EnrichingOutbox } from './enriching-outbox.ts';
import { IntervalController } from './interval-controller.ts';
import { BatchOutbox, type Outbox } from './outbox.ts';
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
export const runSampler = (run: RunSamplerOptions): void => {
  const { proc, clock, options, shared, post, ownPid } = run;
  const { intervalNs, cpuLimit, cpuLimitBusy, alerts } = options;
  const readers = new RecordReaders(() => post({ type: 'readerBlocked' }));
  let enriching: EnrichingOutbox | undefined;
  // Records may wait for their fields: a batch is complete up to the first one that does.
  const nowNs = () => enriching?.waitingSinceNs ?? clock.nowNs();
  const tee = openTee(run, readers, nowNs);
  const { outbox, suppressed } = withAlerts(tee, alerts, nowNs);
  enriching = openEnriching(run, readers, outbox);
  const onRecord = (record: ChurnRecord) => enriching?.announce(record, clock.nowMs());
  const sampler = selectSampler({ proc, clock, options, ownPid, openKernelSampler, onRecord });
  const clockWatch = openClockWatch(run);
  runSamplingLoop({
    sampler,
    interval: new IntervalController({
      fixedMs: intervalNs === undefined ? undefined : toMs(intervalNs),
      cpuLimit,
      cpuLimitBusy,
    }),
    outbox: new ChildrenCpuOutbox(enriching ?? outbox, proc),
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
      const [suppressedAlerts, load] = [suppressed(), readLoad(proc)];
      const status = {
        ...sampled,
        ...(suppressedAlerts !== undefined && { suppressedAlerts }),
        ...(load !== undefined && { load }),
      };
      post({ type: 'status', status });
      tee.postStatus(status);
    },
  });
};

/** Opens the outbox for the main thread and for recorders. */
const openTee = (
  { options, shared, post, receive }: RunSamplerOptions,
  readers: RecordReaders,
  nowNs: () => bigint,
): Tee => {
  let handledMessages = 0;
  return new Tee({
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
    recorded: options.recorded,
  });
};

/** Opens the outbox that adds arguments and cgroups to records; undefined if neither is read. */
const openEnriching = (
  { clock, options, shared }: RunSamplerOptions,
  reader: RecordReaders,
  outbox: Outbox,
): EnrichingOutbox | undefined => {
  const { read, recorded } = options;
  if (!read.args && !read.cgroup) return undefined;
  return new EnrichingOutbox({
    outbox,
    reader,
    keys: read,
    screenOnly: !recorded.args && !recorded.cgroup,
    sleep: () => {
      Atomics.wait(shared, ackedIndex, Atomics.load(shared, ackedIndex), 1);
      return clock.nowMs();
    },
  });
};

const openClockWatch = ({ proc, clock, options }: RunSamplerOptions): ClockWatch => {
  const { wallOffsetNs, bootOffsetNs } = options.info;
  return new ClockWatch({
    // Not the time of a record that waits, which is in the past.
    nowNs: clock.nowNs,
    wallNs: () => BigInt(Date.now()) * 1_000_000n,
    readBootOffsetNs: (atNs) => readBootOffsetNs(proc, atNs),
    wallOffsetNs,
    bootOffsetNs,
  });
};
