import { KernelSampler } from '../../../src/capture/kernel/kernel-sampler.ts';
import { isProbeEvent, type ProbeEvent } from '../../../src/domain/events/event.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeEventKernel } from './fake-event-kernel.ts';

type Options = {
  events?: FakeEventKernel;
  ownPid?: number;
  ownProcessesOnly?: boolean;
  bootOffsetNs?: bigint;
};

/** Creates a kernel sampler of a fake kernel, after its discovery. */
export const createKernelHarness = ({
  events = new FakeEventKernel(),
  ownPid,
  ownProcessesOnly = false,
  bootOffsetNs = 0n,
}: Options = {}) => {
  const { clock, kernel } = events;
  const sampler = new KernelSampler({
    queue: events.queue,
    proc: openProcReader(kernel.root, kernel.files),
    clock,
    modeReason: 'test',
    bootOffsetNs,
    ownPid,
    ownProcessesOnly,
  });
  const take = (): ProbeEvent[] => sampler.take().filter(isProbeEvent);
  /** Advances the clock by some ms, samples, and returns the records. */
  const sample = (ms = 1): ProbeEvent[] => {
    events.advance(ms);
    sampler.sample(clock.nowMs());
    return take();
  };
  /** Samples each ms until nothing is undecided. */
  const settle = (): ProbeEvent[] => Array.from({ length: 8 }, () => sample(1)).flat();
  sampler.sample(clock.nowMs());
  const discovered = take();
  events.advance(30);
  return { events, clock, kernel, sampler, sample, settle, discovered };
};

/** Returns the records of a process without `probe_source`, as short tuples for comparison. */
export const summaryOf = (records: readonly ProbeEvent[]) =>
  records.map(({ probe_source, guest_pid, guest_comm }) => [
    probe_source.replace('process.', ''),
    guest_pid,
    guest_comm,
  ]);
