import type { Density } from '../../../domain/source/replay-control.ts';
import type { Diagnostic } from '../../format/errors.ts';
import type { Checkpoint, CheckpointLimits } from './checkpoints.ts';
import type { Landmark } from './landmarks.ts';

/** What the indexing thread is started with: files by descriptor, which threads share. */
export type IndexOptions = {
  files: readonly { name: string; size: number; fd: number }[];
  limits?: CheckpointLimits | undefined;
};

export type IndexProgress = {
  /** Share of the bytes, 0 to 1. */
  indexed: number;
  /** Up to the last record read. */
  toNs: bigint;
  events: number;
  density: Density;
  /** Notes and alerts among them. */
  landmarks: readonly Landmark[];
  landmarkCount: number;
  skipped: number;
  /** The first few lines that could not be read. */
  diagnostics: readonly Diagnostic[];
  done: boolean;
};

export type IndexMessage =
  | { type: 'checkpoint'; checkpoint: Checkpoint }
  | { type: 'progress'; progress: IndexProgress }
  /** A file that is shorter than it was when it was opened. */
  | { type: 'short'; name: string }
  | { type: 'failed'; message: string; code: string | undefined };
