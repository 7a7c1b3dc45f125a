/**
 * Time travel, as the store and the screen know it. Times of a replay are nanoseconds of its timeline: wall time by the
 * clock pairs of the trace, never going back, so that parts of several recorders stand in a row.
 */

/** Churn over time in a bounded number of equal stretches. */
export type Density = {
  fromNs: bigint;
  /** Of one stretch. */
  widthNs: bigint;
  spawns: readonly number[];
  exits: readonly number[];
  gaps: readonly number[];
};

export type ReplayStatus = {
  /** The trace as far as it is known yet. */
  fromNs: bigint;
  toNs: bigint;
  /** The moment on screen. */
  nowNs: bigint;
  /** `4x`, `1/8x`. */
  speed: string;
  playing: boolean;
  skipIdle: boolean;
  /** How much of it is known, 0 to 1. */
  indexed: number;
  density: Density;
  /** How many gaps, notes and alerts are known. */
  gaps: number;
  /** Lines that could not be read. */
  skipped: number;
  /** A file of it is damaged, or was cut short meanwhile. */
  incomplete: boolean;
  /** What takes a moment. */
  busy: 'seeking' | 'searching' | undefined;
  /** The moment on screen is the last one there is. */
  atEnd: boolean;
};

export type Direction = 1 | -1;

/** What can be asked of a replay. */
export type ReplayCommand =
  | { do: 'togglePlay' }
  | { do: 'toggleSkipIdle' }
  | { do: 'speed'; steps: number }
  /** By events: over discovery and clock records. */
  | { do: 'step'; events: number }
  | { do: 'seek'; toNs: bigint }
  /** By a share of the whole trace. */
  | { do: 'scrub'; share: number }
  /** To a place in the whole trace, 0 to 1. */
  | { do: 'moveTo'; share: number }
  /** To a gap, a note or an alert. */
  | { do: 'gap'; direction: Direction }
  | { do: 'comm'; comm: string; direction: Direction }
  | { do: 'pid'; pid: number; direction: Direction };

/** Beside the events that it delivers, what a replay can be told to do; none of it waits. */
export type ReplayControl = {
  status(): ReplayStatus;
  run(command: ReplayCommand): void;
};
