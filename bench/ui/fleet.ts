import type { GuestDetails } from '../../src/domain/fleet/guest-details.ts';
import type { GuestSummary } from '../../src/domain/fleet/guest-summary.ts';
import { SystemState } from '../../src/domain/processes/system-state.ts';
import type { EventSource, SourceListener } from '../../src/domain/source/event-source.ts';

const tickMs = 100;
/** Time in which each guest sends its counters once. */
const periodMs = 5_000;
const commsPerGuest = 16;

const guestOf = (index: number): GuestSummary => ({
  id: `web${index}`,
  state: 'live',
  reason: undefined,
  alive: 100 + (index % 50),
  zombies: 0,
  spawnRate: index % 20,
  exitRate: index % 20,
  failureRate: 0,
  loops: 0,
  alerts: 0,
  missed: 0,
  lost: 0,
  skewNs: 0n,
  lagNs: 2_000_000_000n,
  heardNs: 2_000_000_000n,
  pulsesOnly: true,
});

const detailsOf = (host: string): GuestDetails => ({
  host,
  recorder: 'bench',
  captureMode: 'kernel',
  nowNs: 0n,
  wallOffsetNs: 0n,
  comms: Array.from({ length: commsPerGuest }, (_, index) => ({
    comm: `comm${index}`,
    spawned: index * 10,
    exited: index * 10,
    failed: index === 0 ? 1 : 0,
  })),
  alerts: [],
});

/** Creates a source of guests that send counters every five seconds. */
export const createSyntheticFleet = (count: number): EventSource => {
  const guests = Array.from({ length: count }, (_, index) => guestOf(index));
  const details = new Map(guests.map(({ id }) => [id, detailsOf(id)]));
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    info: {
      host: 'bench',
      bootId: '',
      pidNamespace: '',
      bootOffsetNs: 0n,
      pidMax: undefined,
      wallOffsetNs: 0n,
    },
    start(listener: SourceListener) {
      setImmediate(() => {
        listener.onSystemState?.(new SystemState(), this.info);
        listener.onFleet?.();
      });
      timer = setInterval(() => {
        for (let change = 0; change < (count * tickMs) / periodMs; change++) {
          next = (next + 7_919) % count;
          const guest = guests[next] as GuestSummary;
          guests[next] = { ...guest, spawnRate: Math.random() * 20, lagNs: BigInt(next) * 1_000_000n };
        }
        listener.onFleet?.();
      }, tickMs);
    },
    stop: async () => clearInterval(timer),
    fleet: {
      guests: () => [...guests],
      details: (id) => details.get(id),
      focused: undefined,
      focus: () => {},
    },
  };
};
