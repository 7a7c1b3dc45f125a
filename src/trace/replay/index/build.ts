import { isAside, type TraceRecord } from '../../../domain/events/record.ts';
import type { Remark } from '../../format/errors.ts';
import { TraceCursor } from '../files/cursor.ts';
import type { TraceFile } from '../files/trace-file.ts';
import { pack } from '../state/pack.ts';
import { Fold } from '../state/trace-state.ts';
import { type CheckpointLimits, Checkpoints, limitsFor } from './checkpoints.ts';
import { DensityCounter, type Kind } from './density.ts';
import { Marks } from './landmarks.ts';
import type { IndexMessage } from './protocol.ts';

export type BuildOptions = {
  files: readonly TraceFile[];
  post: (message: IndexMessage) => void;
  /** Milliseconds of any clock that does not go back. */
  now: () => number;
  limits?: CheckpointLimits | undefined;
  chunk?: number | undefined;
};

const progressEveryMs = 200;
const remarkLimit = 20;

const kindOf: Readonly<Partial<Record<TraceRecord['probe_source'], Kind>>> = {
  'process.spawned': 'spawns',
  'process.exited': 'exits',
  'trace.gap': 'gaps',
};

const everything = () => false;

/** Read a whole trace once, and tell what a replay needs to be anywhere in it soon. */
export const buildIndex = async ({ files, post, now, limits, chunk }: BuildOptions): Promise<void> => {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const starts: number[] = [];
  files.reduce((sum, { size }) => starts.push(sum) && sum + size, 0);
  const density = new DensityCounter();
  const gaps = new Marks();
  const checkpoints = new Checkpoints(limits ?? limitsFor(total));
  const remarks: Remark[] = [];
  const onSkipped = (remark: Remark) => {
    if (remarks.length < remarkLimit) remarks.push(remark);
  };
  // The log is not part of a checkpoint; it is read again.
  const fold = new Fold(1, (record, atNs) => {
    const discovery = record.probe_source === 'process.spawned' && record.initial;
    density.count(discovery ? undefined : kindOf[record.probe_source], atNs);
    if (isAside(record)) gaps.add({ atNs, events: fold.events });
  });
  const cursor = new TraceCursor(files, {
    onSkipped,
    onShort: (name) => post({ type: 'short', name }),
    chunk,
  });
  const progress = (position: number, done: boolean) =>
    post({
      type: 'progress',
      progress: {
        indexed: done ? 1 : position / total,
        toNs: fold.atNs,
        events: fold.events,
        density: density.density,
        gaps: gaps.held,
        gapCount: gaps.count,
        skipped: cursor.skipped,
        remarks,
        done,
      },
    });

  let position = 0;
  let said = now();
  for (let batches = await cursor.next(); batches; batches = await cursor.next()) {
    for (const batch of batches) fold.take(batch, 0, everything);
    const { place } = cursor;
    if (place) {
      position = (starts[place.file] ?? total) + place.offset;
      if (checkpoints.due(position)) {
        const packed = pack(fold.snapshot());
        const { atNs, events } = fold;
        const checkpoint = { place, position, atNs, events, bytes: packed.length, packed };
        checkpoints.add({ ...checkpoint, packed: undefined });
        post({ type: 'checkpoint', checkpoint });
      }
    }
    if (now() - said < progressEveryMs) continue;
    said = now();
    progress(position, false);
  }
  progress(total, true);
};
