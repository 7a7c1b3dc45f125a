import type { WallStep } from '../../../domain/source/replay-control.ts';
import type { Diagnostic } from '../../format/errors.ts';
import { TraceCursor } from '../files/cursor.ts';
import type { ReplayFile } from '../files/replay-file.ts';
import { packState } from '../state/pack.ts';
import { TraceState } from '../state/trace-state.ts';
import { type CheckpointLimits, Checkpoints, checkpointLimitsFor } from './checkpoints.ts';
import { DensityCounter } from './density.ts';
import { Landmarks } from './landmarks.ts';
import type { IndexMessage } from './protocol.ts';
import { RecordClassifier } from './record-classifier.ts';

export type BuildIndexOptions = {
  files: readonly ReplayFile[];
  post: (message: IndexMessage) => void;
  /** Returns monotonic time, ms. */
  now: () => number;
  limits?: CheckpointLimits | undefined;
  chunkBytes?: number | undefined;
};

const progressIntervalMs = 200;
const maxDiagnostics = 20;
/** Maximum number of indexed steps of the wall clock. Times after a later step use the last indexed one. */
const maxWallSteps = 256;

/** Reads a trace once. Posts its checkpoints, for fast seeks, and its landmarks and density. */
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
  const wallSteps: WallStep[] = [];
  const landmarks = new Landmarks();
  const classifier = new RecordClassifier();
  const checkpoints = new Checkpoints(limits ?? checkpointLimitsFor(totalBytes));
  const diagnostics: Diagnostic[] = [];
  const onSkipped = (diagnostic: Diagnostic) => {
    if (diagnostics.length < maxDiagnostics) diagnostics.push(diagnostic);
  };
  // The log has the minimum size, because a checkpoint does not contain it.
  const state = new TraceState(1, (record, atNs) => {
    const { wallShiftNs: offsetNs } = state;
    if (offsetNs !== (wallSteps.at(-1)?.offsetNs ?? 0n) && wallSteps.length < maxWallSteps) {
      if (wallSteps.length === 0) wallSteps.push({ atNs: 0n, offsetNs: 0n });
      wallSteps.push({ atNs, offsetNs });
    }
    density.count(undefined, atNs);
    for (const kind of classifier.kindsOf(record)) density.count(kind, atNs);
    if (record.probe_source === 'process.exited') density.countExitOf(record.guest_comm);
    const landmark = classifier.landmarkOf(record, atNs);
    if (landmark) landmarks.add({ atNs, events: state.events }, landmark === 'repeated');
  });
  const cursor = new TraceCursor(files, {
    onSkipped,
    onTruncatedFile: (name) => post({ type: 'truncated', name }),
    chunkBytes,
  });
  const postProgress = (traceOffset: number, done: boolean) =>
    post({
      type: 'progress',
      progress: {
        indexed: done ? 1 : traceOffset / totalBytes,
        toNs: state.atNs,
        events: state.events,
        density: density.density,
        wallSteps,
        landmarks: landmarks.retained,
        landmarkCount: landmarks.count,
        skipped: cursor.skipped,
        diagnostics,
        done,
      },
    });

  let traceOffset = 0;
  let lastProgressMs = now();
  for (let batches = await cursor.next(); batches; batches = await cursor.next()) {
    for (const batch of batches) state.applyBatch(batch);
    const { resumePoint } = cursor;
    if (resumePoint) {
      traceOffset = (fileStarts[resumePoint.fileIndex] ?? totalBytes) + resumePoint.offset;
      if (checkpoints.isDue(traceOffset)) {
        const packed = packState(state.snapshot());
        const { atNs, events } = state;
        const checkpoint = { resumePoint, traceOffset, atNs, events, bytes: packed.length, packed };
        checkpoints.add({ ...checkpoint, packed: undefined });
        post({ type: 'checkpoint', checkpoint });
      }
    }
    if (now() - lastProgressMs < progressIntervalMs) continue;
    lastProgressMs = now();
    postProgress(traceOffset, false);
  }
  postProgress(totalBytes, true);
};
