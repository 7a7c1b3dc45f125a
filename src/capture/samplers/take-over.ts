import {
  type CaptureMode,
  type ChurnRecord,
  type GapRecord,
  isProbeEvent,
  type ProbeEvent,
} from '../../domain/events/event.ts';
import { exitEvent, type ObservedProcess } from '../../proc/lifecycle-events.ts';

export type TakeOverOptions = {
  /** The records of the new sampler's discovery. */
  discovery: readonly ChurnRecord[];
  /** The live processes of the previous sampler, by PID. */
  processes: ReadonlyMap<number, ObservedProcess>;
  /** When the previous sampler last worked, CLOCK_MONOTONIC ns. */
  sinceNs: bigint;
  /** When the new sampler discovered, CLOCK_MONOTONIC ns. */
  nowNs: bigint;
  /** The mode of the new sampler. */
  mode: CaptureMode;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
};

/**
 * Returns what changed between two samplers: exits of processes that are no longer listed, spawns of those that are new,
 * and a `trace.gap` for the time between. `spawns` is the number of the latter.
 */
export const takeOver = ({
  discovery,
  processes,
  sinceNs,
  nowNs,
  mode,
  bootOffsetNs,
}: TakeOverOptions): { records: ChurnRecord[]; spawns: number } => {
  const time = { nowNs, windowNs: nowNs - sinceNs };
  const found: ProbeEvent[] = [];
  const remaining = new Map(processes);
  const known = new Set<number>();
  let spawns = 0;
  for (const record of discovery.filter(isProbeEvent)) {
    const { guest_pid: pid } = record;
    const process = processes.get(pid);
    if (record.probe_source === 'process.spawned') {
      if (process && isSameProcess(process, record)) {
        remaining.delete(pid);
        known.add(pid);
        continue;
      }
      spawns++;
      found.push(asLateSpawn(record, sinceNs));
    } else if (!(record.probe_source === 'process.zombie' && known.has(pid) && process?.zombie))
      found.push(known.has(pid) ? withWindow(record, sinceNs) : record);
  }
  const gap: GapRecord = {
    probe_source: 'trace.gap',
    reason: 'source',
    capture_mode: mode,
    from_monotonic_ns: sinceNs,
    to_monotonic_ns: nowNs,
  };
  const exits = [...remaining.values()].map((process) => exitEvent(process, time, bootOffsetNs));
  return { records: [gap, ...exits, ...found], spawns };
};

/** Returns whether a listed process is the known one. Without a start time, the PID suffices. */
const isSameProcess = (
  { startTicks }: ObservedProcess,
  { start_ticks }: ProbeEvent & { probe_source: 'process.spawned' },
): boolean => startTicks === undefined || start_ticks === undefined || startTicks === start_ticks;

const withWindow = <E extends ProbeEvent>(event: E, sinceNs: bigint): E => ({
  ...event,
  window_ns: event.guest_monotonic_ns - sinceNs,
});

const asLateSpawn = (
  { initial: _, ...spawn }: ProbeEvent & { probe_source: 'process.spawned' },
  sinceNs: bigint,
): ProbeEvent => withWindow(spawn, sinceNs);
