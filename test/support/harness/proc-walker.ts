import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { ProcWalker } from '../../../src/proc/walker.ts';
import type { FakeKernel } from '../fakes/fake-kernel.ts';

/** Formats the fields that the reference walker reports. */
export const referenceLine = ({ probe_source, guest_pid, guest_comm, guest_monotonic_ns }: ProbeEvent) =>
  `${probe_source} ${guest_pid} ${JSON.stringify(guest_comm)} ${guest_monotonic_ns}`;

/** Creates a walker of a fake kernel. `poll` advances the clock by 1 ms, or to `atNs`. */
export const openWalker = (kernel: FakeKernel) => {
  let now = 0n;
  const proc = openProcReader(kernel.root, kernel.files);
  const walker = new ProcWalker({ proc, now: () => now });
  return {
    walker,
    proc,
    poll: (atNs = now + 1_000_000n) => {
      now = atNs;
      kernel.ticks++;
      return walker.poll();
    },
  };
};
