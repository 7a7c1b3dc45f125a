import type {
  AlertRecord,
  ExecEvent,
  ExitedEvent,
  GapRecord,
  NoteRecord,
  SpawnedEvent,
  ZombieEvent,
} from '../../src/domain/events/event.ts';
import type {
  EventSource,
  SourceInfo,
  SourceListener,
  SourceStatus,
} from '../../src/domain/source/event-source.ts';

export const seconds = (value: number): bigint => BigInt(Math.round(value * 1e9));

export const sourceInfo: SourceInfo = {
  host: 'guest',
  bootId: '00000000-0000-4000-8000-000000000000',
  pidNamespace: 'pid:[4026531836]',
  bootOffsetNs: 0n,
  pidMax: 32768,
  // Monotonic 0 is noon.
  wallOffsetNs: BigInt(Date.UTC(2026, 0, 1, 12)) * 1_000_000n,
};

export const walkStatus: SourceStatus = {
  mode: 'walk',
  modeReason: 'plain walk',
  intervalNs: 100_000_000n,
  meanIntervalNs: 101_000_000n,
  maxIntervalNs: 110_000_000n,
  shortestLifetimeNs: 110_000_000n,
  cpuUsage: 0.012,
  cpuLimit: 0.05,
  throttled: false,
  allocatedPids: undefined,
  processesSeen: 0,
  threadsSeen: undefined,
  missedTasks: undefined,
  pendingPids: undefined,
  hiddenProcesses: 0,
  ownProcessesOnly: false,
  lastError: undefined,
  stalls: 0,
  droppedRecords: 0,
};

export const cursorStatus: SourceStatus = {
  ...walkStatus,
  mode: 'cursor',
  modeReason: 'the PID cursor moves',
  intervalNs: 250_000n,
  meanIntervalNs: 310_000n,
  cpuUsage: 0.113,
  cpuLimit: 0.15,
  allocatedPids: 1_210,
  processesSeen: 1_000,
  threadsSeen: 206,
  missedTasks: 4,
  pendingPids: 0,
};

export const spawned = (
  pid: number,
  comm: string,
  at: number,
  more: Partial<SpawnedEvent> = {},
): SpawnedEvent => ({
  probe_source: 'process.spawned',
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: seconds(at),
  guest_ppid: 1,
  guest_uid: 0,
  window_ns: 100_000_000n,
  start_ticks: Math.floor(at * 100),
  ...more,
});

export const exited = (
  pid: number,
  comm: string,
  at: number,
  more: Partial<ExitedEvent> = {},
): ExitedEvent => ({
  probe_source: 'process.exited',
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: seconds(at),
  window_ns: 100_000_000n,
  ...more,
});

export const execed = (pid: number, comm: string, at: number, more: Partial<ExecEvent> = {}): ExecEvent => ({
  probe_source: 'process.exec',
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: seconds(at),
  previous_comm: 'sh',
  ...more,
});

export const zombie = (
  pid: number,
  comm: string,
  at: number,
  more: Partial<ZombieEvent> = {},
): ZombieEvent => ({
  probe_source: 'process.zombie',
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: seconds(at),
  ...more,
});

export const gap = (reason: GapRecord['reason'], more: Partial<GapRecord> = {}): GapRecord => ({
  probe_source: 'trace.gap',
  reason,
  from_monotonic_ns: seconds(1),
  to_monotonic_ns: seconds(2),
  ...more,
});

export const note = (text: string, at: number): NoteRecord => ({
  probe_source: 'trace.note',
  text,
  monotonic_ns: seconds(at),
});

export const alert = (rule: string, at: number, more: Partial<AlertRecord> = {}): AlertRecord => ({
  probe_source: 'trace.alert',
  rule,
  value: '62.0/s',
  since_monotonic_ns: seconds(at - 2),
  monotonic_ns: seconds(at),
  ...more,
});

/** A source that a test plays by hand. */
export const scriptedSource = (states: Record<number, string> = {}) => {
  let listener: SourceListener | undefined;
  const source: EventSource & { stops: number; listener: () => SourceListener } = {
    info: sourceInfo,
    stops: 0,
    start: (given) => {
      listener = given;
    },
    stop: async () => {
      source.stops++;
      listener = undefined;
    },
    readStates: (pids) => new Map(pids.flatMap((pid) => (states[pid] ? [[pid, states[pid]] as const] : []))),
    listener: () => {
      if (!listener) throw new Error('not started');
      return listener;
    },
  };
  return source;
};
