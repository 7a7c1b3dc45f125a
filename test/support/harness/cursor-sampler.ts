import { CursorSampler } from '../../../src/capture/cursor/cursor-sampler.ts';
import { isProbeEvent, type ProbeEvent } from '../../../src/domain/events/event.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeKernel } from '../fakes/fake-kernel.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

/** Formats an event as one line, `spawned 301 init`. */
export const formatEvent = (event: ProbeEvent): string =>
  `${event.probe_source.slice('process.'.length)} ${event.guest_pid} ${event.guest_comm}`;

/** Creates a cursor sampler on a fake kernel, after the first sample (discovery). */
export const createCursorHarness = ({
  kernel = new FakeKernel(),
  maxOpenStats = 1000,
  ownPid = undefined as number | undefined,
  ownTaskCount = true,
  maxOldFiles = 0,
} = {}) => {
  const clock = createManualClock();
  const sampler = new CursorSampler({
    proc: openProcReader(kernel.root, kernel.files),
    clock,
    modeReason: 'test',
    bootOffsetNs: 0n,
    ownPid,
    maxOpenStats,
    maxOldFiles,
    ownTaskCount,
    ownProcessesOnly: false,
  });
  const sample = (afterMs = 1): ProbeEvent[] => {
    clock.advance(afterMs);
    kernel.ticks = Math.floor(clock.nowMs() / 10);
    sampler.sample(clock.nowMs());
    return sampler.take().filter(isProbeEvent);
  };
  const discovered = sample(0);
  return {
    kernel,
    clock,
    sampler,
    discovered,
    /** Advances the clock, takes a sample, and returns its events. */
    sample,
    /** The same, with the events as text. */
    sampleText: (afterMs?: number) => sample(afterMs).map(formatEvent),
    counters: () => sampler.counters(),
  };
};
