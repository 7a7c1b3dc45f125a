import type { FleetControl } from '../domain/fleet/fleet-control.ts';
import type { Guest } from '../domain/processes/guest.ts';
import type { SystemState } from '../domain/processes/system-state.ts';
import type {
  ProcessDetails,
  SourceInfo,
  SourceStatus,
  UserNameResolver,
} from '../domain/source/event-source.ts';
import type { ReplayStatus } from '../domain/source/replay-control.ts';
import type { Size } from './actions/geometry.ts';
import type { FleetData } from './fleet/fleet-model.ts';
import type { KeyOverrides, SourceKind } from './keys/binding.ts';
import type { ViewState } from './state/state.ts';
import type { ChurnData } from './views/churn-data.ts';
import type { ProcessColumn } from './views/process-columns.ts';

/** The data that one frame is drawn from. It is a new object after every change. */
export type Snapshot = {
  view: ViewState;
  /** The system state on screen: the current one, or a copy while the view is paused. */
  system: SystemState;
  churn: ChurnData;
  info: SourceInfo;
  /** Returns the name of a user of the guest, or the number if the name is unknown. */
  userName: (uid: number) => string;
  status: SourceStatus | undefined;
  /** Undefined for sources that are not a replay. */
  replay: ReplayStatus | undefined;
  /** Undefined for sources of one guest. */
  fleet: FleetData | undefined;
  /** Number of records received since the view was paused. */
  recordsWhilePaused: number;
  /** Command line and cgroup of the process whose details are on screen, as last read. */
  processDetails: { key: string; details: ProcessDetails | undefined } | undefined;
  /** Text of the recording badge; undefined while nothing is recorded. */
  recordingStatus: string | undefined;
  /** The error that stopped the source, or `end`; undefined while it runs. */
  ended: Error | 'end' | undefined;
};

export type StoreOptions = {
  info: SourceInfo;
  replay?: ReplayStatus | undefined;
  /** Present for a source of several guests. */
  fleet?: FleetControl | undefined;
  size?: Size;
  /** Text of the initial filter. */
  filter?: string;
  /** Whether the overview of the trace is open. Default: false. */
  overview?: boolean;
  keyOverrides?: KeyOverrides | undefined;
  /** Columns of the process table, in order. Default: all that fit. */
  columns?: readonly ProcessColumn['id'][] | undefined;
  /** Resolves user names of a guest. Without it, users are numbers. */
  usersOf?: UserNameResolver;
  maxLogEntries?: number;
  /**
   * Calls `draw` once, when the next frame may be drawn and at least `minDelayMs` from now. Listeners are notified at most
   * once a frame. Default: `draw` is called immediately.
   */
  schedule?: (draw: () => void, minDelayMs: number) => void;
  /** Returns a time that only increases, ms. Default: that of the process. */
  nowMs?: () => number;
};

/** Returns the facts about a guest that its records do not contain. A guest of several has the name that it was given. */
export const guestOf = (
  info: SourceInfo,
  { usersOf }: Pick<StoreOptions, 'usersOf'>,
  focusedGuest: string | undefined,
): Guest => ({
  host: focusedGuest ?? info.host,
  bootOffsetNs: info.bootOffsetNs,
  userName: usersOf?.(info) ?? String,
});

/** Returns the kind of the source, which determines the keys. */
export const sourceKindOf = ({ replay, fleet, info }: StoreOptions): SourceKind => {
  if (fleet) return 'fleet';
  if (replay) return 'replay';
  return info.trace === undefined ? 'live' : 'pipe';
};
