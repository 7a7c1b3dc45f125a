import type { Density, WallStep } from '../../../domain/source/replay-control.ts';
import type { Diagnostic } from '../../format/errors.ts';
import type { Checkpoint, CheckpointLimits } from './checkpoints.ts';
import type { Landmark } from './landmarks.ts';

/** The options of the index thread. Threads share file descriptors. */
export type IndexOptions = {
  files: readonly { name: string; size: number; fd: number }[];
  limits?: CheckpointLimits | undefined;
};

export type IndexProgress = {
  /** Indexed share of the bytes, 0 to 1. */
  indexed: number;
  /** Time of the last indexed record. */
  toNs: bigint;
  events: number;
  density: Density;
  wallSteps: readonly WallStep[];
  /** Alerts, failures, notes and gaps. Their number is bounded. */
  landmarks: readonly Landmark[];
  /** Number of all landmarks. */
  landmarkCount: number;
  /** Number of skipped lines. */
  skipped: number;
  /** The first skipped lines. */
  diagnostics: readonly Diagnostic[];
  done: boolean;
};

export type IndexMessage =
  | { type: 'checkpoint'; checkpoint: Checkpoint }
  | { type: 'progress'; progress: IndexProgress }
  /** A file became shorter after it was opened. */
  | { type: 'truncated'; name: string }
  | { type: 'failed'; message: string; code: string | undefined };
