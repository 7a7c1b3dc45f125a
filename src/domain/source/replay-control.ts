// Times of a replay are ns on its timeline: wall time, derived from the clock pairs of the trace. It never goes back, so
// that the files of several recorders follow each other.

export type NameCount = { name: string; count: number };

/** Churn over time, in a bounded number of equal buckets. */
export type Density = {
  fromNs: bigint;
  /** Length of one bucket, ns. */
  bucketNs: bigint;
  spawns: readonly number[];
  exits: readonly number[];
  /** Exits that are known to have failed. */
  failures: readonly number[];
  /** Exits whose status is not known, which is not success. */
  unknownExits: readonly number[];
  /** Alerts raised, and alerts cleared. */
  alerts: readonly number[];
  cleared: readonly number[];
  notes: readonly number[];
  /** Gaps, without short pauses of the sampler. */
  gaps: readonly number[];
  /** The most frequent comms among the exits. Undefined for a bucket without exits. */
  exitedNames: readonly (readonly NameCount[] | undefined)[];
};

/** From `atNs` on, the wall time shown is the time on the timeline plus `offsetNs`. */
export type WallStep = { atNs: bigint; offsetNs: bigint };

export type ReplayStatus = {
  /** Start of the trace. */
  fromNs: bigint;
  /** End of the trace, as far as it is indexed. */
  toNs: bigint;
  /** The time on screen. */
  positionNs: bigint;
  /** Where wall time departs from the timeline, oldest first: where the wall clock was set back. */
  wallSteps?: readonly WallStep[];
  /** The speed as shown: `4x`, `1/8x`. */
  speed: string;
  playing: boolean;
  skipIdle: boolean;
  /** Share of the trace that is indexed, 0 to 1. */
  indexedShare: number;
  density: Density;
  /** Number of landmarks in the index: alerts, failures, notes and gaps. */
  landmarks: number;
  /** Number of invalid lines. */
  skippedLines: number;
  /** Whether a file is damaged or was truncated. */
  incomplete: boolean;
  /** The command in progress, if it takes a while. */
  busy: 'seeking' | 'searching' | undefined;
  /** Whether the position is the end of the trace. */
  atEnd: boolean;
};

/** 1 is forward, -1 is backward. */
export type Direction = 1 | -1;

export type ReplayCommand =
  | { type: 'togglePlay' }
  | { type: 'play' }
  | { type: 'toggleSkipIdle' }
  | { type: 'changeSpeed'; steps: number }
  /** Moves by a number of events in the log. */
  | { type: 'step'; events: number }
  | { type: 'seek'; toNs: bigint }
  /** Moves by a share of the trace, -1 to 1. */
  | { type: 'scrubBy'; share: number }
  /** Moves to a share of the whole trace, 0 to 1, once it is indexed. */
  | { type: 'seekShare'; share: number }
  /** Moves to a share of the indexed part, 0 to 1. */
  | { type: 'scrubTo'; share: number }
  /** Moves to the next alert, failure, note or gap. */
  | { type: 'seekLandmark'; direction: Direction }
  /** Moves to the start of the next burst of spawns and exits. */
  | { type: 'seekBurst'; direction: Direction }
  | { type: 'seekComm'; comm: string; direction: Direction }
  | { type: 'seekPid'; pid: number; direction: Direction };

/** Controls a replay. No call blocks. */
export type ReplayControl = {
  status(): ReplayStatus;
  send(command: ReplayCommand): void;
};
