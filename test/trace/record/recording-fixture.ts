import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import { Recording, type RecordingOptions } from '../../../src/trace/record/recording.ts';
import type { PathChange } from '../../../src/trace/record/trace-file.ts';
import { seconds, sourceInfo, walkStatus } from '../../support/fixtures/events.ts';

/** Creates a recording on a disk with `room` free bytes. Tests pass the times. */
export const setUp = (
  options: Partial<RecordingOptions> = {},
  status: SourceStatus | undefined = walkStatus,
) => {
  const files: { text: string; pathChange: PathChange; closed: boolean; syncs: number; mode: string }[] = [];
  const disk = { room: Number.POSITIVE_INFINITY, code: 'ENOSPC', refuse: '' };
  const calls: string[] = [];
  const recording = new Recording(
    {
      path: 'trace.ndjson',
      info: sourceInfo,
      tool: 'churntop test',
      recorder: 'r1',
      append: false,
      fsyncNs: seconds(1),
      rotation: {},
      filter: matchAll,
      userName: String,
      wallOffsetNs: () => sourceInfo.wallOffsetNs,
      rotator: {
        rotate: () => `rotated${calls.push('rotate')}`,
        pruneAndCompress: () => void calls.push('prune'),
      },
      open: (mode, openedNs) => {
        if (disk.refuse) throw Object.assign(new Error(), { code: disk.refuse });
        const file = { text: '', pathChange: 'none' as PathChange, closed: false, syncs: 0, mode };
        files.push(file);
        return {
          get size() {
            return file.text.length;
          },
          openedNs,
          repairedBytes: 0,
          append: (bytes) => {
            const text = Buffer.from(bytes).toString();
            const whole = text.slice(0, text.lastIndexOf('\n', disk.room) + 1);
            const taken = disk.room >= text.length ? text : whole;
            disk.room -= taken.length;
            file.text += taken;
            const error = taken === text ? {} : { error: Object.assign(new Error(), { code: disk.code }) };
            return { lines: taken.split('\n').length - 1, bytes: taken.length, ...error };
          },
          sync: () => void file.syncs++,
          pathChange: () => file.pathChange,
          close: () => {
            file.closed = true;
          },
        };
      },
      ...options,
    },
    0n,
  );
  if (status) recording.onStatus(status, 0n);
  return {
    recording,
    disk,
    calls,
    files,
    take: (at: number, ...records: Parameters<Recording['onBatch']>[0]['records']) =>
      recording.onBatch({ nowNs: seconds(at), records }),
    tick: (at: number) => recording.tick(seconds(at)),
    read: (index = files.length - 1) =>
      (files[index]?.text ?? '')
        .split('\n')
        .slice(0, -1)
        .map((line) => decode(line) as { record: TraceRecord; seq: number }),
    kinds: (index = files.length - 1) =>
      (files[index]?.text ?? '')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).probe_source.replace(/^\w+\./, '')),
  };
};
