import { isAnnotation, type TraceRecord } from '../../../domain/events/record.ts';
import type { Diagnostic } from '../../format/errors.ts';
import { TraceCursor } from '../files/cursor.ts';
import type { ReplayFile } from '../files/trace-file.ts';
import { packState } from '../state/pack.ts';
import { TraceState } from '../state/trace-state.ts';
import { type CheckpointLimits, Checkpoints, checkpointLimitsFor } from './checkpoints.ts';
import { DensityCounter, type DensityKind } from './density.ts';
import { Landmarks } from './landmarks.ts';
import type { IndexMessage } from './protocol.ts';

export type BuildIndexOptions = {
  files: readonly ReplayFile[];
  post: (message: IndexMessage) => void;
  /** Milliseconds of any clock that does not go back. */
  now: () => number;
  limits?: CheckpointLimits | undefined;
  chunkBytes?: number | undefined;
};

const progressIntervalMs = 200;
const maxDiagnostics = 20;

const densityKindOf: Readonly<Partial<Record<TraceRecord['probe_source'], DensityKind>>> = {
  'process.spawned': 'spawns',
  'process.exited': 'exits',
  'trace.gap': 'gaps',
};

const neverStop = () => false;

/** Read a whole trace once, and tell what a replay needs to be anywhere in it soon. */
export const buildIndex = async ({
  files,
  post,
  now,
  limits,
  chunkBytes,
}: BuildIndexOptions): Promise<void> => {
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const fileStarts: number[] = [];
  files.reduce((sum, { size }) => fileStarts.push(sum) && sum + size, 0);
  const density = new DensityCounter();
  const landmarks = new Landmarks();
  const checkpoints = new Checkpoints(limits ?? checkpointLimitsFor(totalBytes));
  const diagnostics: Diagnostic[] = [];
  const onSkipped = (remark: Diagnostic) => {
    if (diagnostics.length < maxDiagnostics) diagnostics.push(remark);
  };
  // The log is not part of a checkpoint; it is read again.
  const state = new TraceState(1, (record, atNs) => {
    const discovery = record.probe_source === 'process.spawned' && record.initial;
    density.count(discovery ? undefined : densityKindOf[record.probe_source], atNs);
    if (isAnnotation(record)) landmarks.add({ atNs, events: state.events });
  });
  const cursor = new TraceCursor(files, {
    onSkipped,
    onTruncatedFile: (name) => post({ type: 'short', name }),
    chunkBytes,
  });
  const postProgress = (position: number, done: boolean) =>
    post({
      type: 'progress',
      progress: {
        indexed: done ? 1 : position / totalBytes,
        toNs: state.atNs,
        events: state.events,
        density: density.density,
        landmarks: landmarks.retained,
        landmarkCount: landmarks.count,
        skipped: cursor.skipped,
        diagnostics,
        done,
      },
    });

  let position = 0;
  let lastProgressMs = now();
  for (let batches = await cursor.next(); batches; batches = await cursor.next()) {
    for (const batch of batches) state.applyBatch(batch, 0, neverStop);
    const { resumePoint } = cursor;
    if (resumePoint) {
      position = (fileStarts[resumePoint.fileIndex] ?? totalBytes) + resumePoint.offset;
      if (checkpoints.isDue(position)) {
        const packed = packState(state.snapshot());
        const { atNs, events } = state;
        const checkpoint = { resumePoint, traceOffset: position, atNs, events, bytes: packed.length, packed };
        checkpoints.add({ ...checkpoint, packed: undefined });
        post({ type: 'checkpoint', checkpoint });
      }
    }
    if (now() - lastProgressMs < progressIntervalMs) continue;
    lastProgressMs = now();
    postProgress(position, false);
  }
  postProgress(totalBytes, true);
};
