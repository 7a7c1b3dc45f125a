import { createCursorSampler } from '../../../src/capture/cursor/cursor-sampler.ts';
import { isProbeEvent, type ProbeEvent } from '../../../src/domain/events/event.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeKernel } from '../fakes/fake-kernel.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

/** One line an event: `spawned 301 init`, as tests want to read them. */
export const brief = (event: ProbeEvent): string =>
  `${event.probe_source.slice('process.'.length)} ${event.guest_pid} ${event.guest_comm}`;

/** A cursor sampler on a fake kernel, looked through by hand. The first look (discovery) is done. */
export const looking = ({
  kernel = new FakeKernel(),
  mostHeld: maxOpenStats = 1000,
  ownPid = undefined as number | undefined,
  ownTaskCount = true,
} = {}) => {
  const clock = createManualClock();
  const sampler = createCursorSampler({
    proc: openProcReader(kernel.root, kernel.files),
    clock,
    why: 'test',
    bootOffsetNs: 0n,
    ownPid,
    maxOpenStats,
    ownTaskCount,
    othersInvisible: false,
  });
  const look = (afterMs = 1): ProbeEvent[] => {
    clock.advance(afterMs);
    kernel.ticks = Math.floor(clock.ms() / 10);
    sampler.sample(clock.ms());
    return sampler.take().filter(isProbeEvent);
  };
  const discovered = look(0);
  return {
    kernel,
    clock,
    sampler,
    discovered,
    /** Let this much time go by, look, and tell what was seen. */
    look,
    seen: (afterMs?: number) => look(afterMs).map(brief),
    report: sampler.counters,
  };
};
