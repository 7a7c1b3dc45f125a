import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TraceIndex } from '../../../../src/trace/replay/index/trace-index.ts';
import { Seeker } from '../../../../src/trace/replay/player/seeker.ts';
import type { SeekTarget } from '../../../../src/trace/replay/player/target.ts';
import {
  arbitraryTrace,
  collectIndexMessages,
  comparableState,
  memoryFile,
  replayFromStart,
} from '../../../support/harness/replay.ts';

/** So small that every trace has several checkpoints, thins them, and overflows its log. */
const limits = { count: 6, bytes: 1 << 20, spacing: 300 };
const history = 7;

const open = async (texts: string[], chunkBytes: number) => {
  const files = texts.map((text, index) => memoryFile(text, `part-${index}`));
  const index = new TraceIndex(limits);
  for (const message of await collectIndexMessages(files, limits, chunkBytes))
    if (message.type === 'checkpoint' || message.type === 'progress') index.add(message);
  return { files, index, seeker: new Seeker({ files, index, history, chunkBytes }) };
};

const chunk = fc.constantFrom(64, 333, 1000, 1 << 18);
const where = fc.double({ min: 0, max: 1, noNaN: true });

describe('being somewhere is what a straight fold to there is', () => {
  test('at any moment, in any order of jumps', () =>
    fc.assert(
      fc.asyncProperty(
        arbitraryTrace,
        chunk,
        fc.array(where, { minLength: 1, maxLength: 5 }),
        async (texts, size, jumps) => {
          const { files, index, seeker } = await open(texts, size);
          const { density, toNs } = index.progress;
          for (const jump of jumps) {
            const target = {
              kind: 'time' as const,
              atNs: density.fromNs + (BigInt(Math.round(jump * 1000)) * (toNs - density.fromNs)) / 1000n,
            };
            const head = await seeker.seek(target);
            head?.state.advanceTo(target.atNs);
            const wanted = await replayFromStart(files, target, history);
            expect(comparableState(head?.state.systemState as never)).toEqual(
              comparableState(wanted.systemState),
            );
            expect(head?.state.info).toEqual(wanted.info);
            expect(head?.state.atNs).toBe(wanted.atNs);
            expect(head?.state.events).toBe(wanted.events);
          }
        },
      ),
      { numRuns: 300 },
    ));

  test('behind any event', () =>
    fc.assert(
      fc.asyncProperty(
        arbitraryTrace,
        chunk,
        fc.array(where, { minLength: 1, maxLength: 5 }),
        async (texts, size, jumps) => {
          const { files, index, seeker } = await open(texts, size);
          for (const jump of jumps) {
            const events = Math.round(jump * index.progress.events);
            const target: SeekTarget = events === 0 ? { kind: 'opening' } : { kind: 'event', events };
            const head = await seeker.seek(target);
            expect(comparableState(head?.state.systemState as never)).toEqual(
              comparableState((await replayFromStart(files, target, history)).systemState),
            );
            if (events > 0) expect(head?.state.events).toBe(events);
          }
        },
      ),
      { numRuns: 300 },
    ));

  test('a step back and forward leads to the same', () =>
    fc.assert(
      fc.asyncProperty(arbitraryTrace, chunk, where, async (texts, size, jump) => {
        const { index, seeker } = await open(texts, size);
        const events = Math.max(2, Math.round(jump * index.progress.events));
        if (index.progress.events < 2) return;
        const first = await seeker.seek({ kind: 'event', events });
        const back = await seeker.seek({ kind: 'event', events: events - 1 });
        await back?.advance({ kind: 'event', events });
        expect(comparableState(back?.state.systemState as never)).toEqual(
          comparableState(first?.state.systemState as never),
        );
      }),
    ));
});

test('the density and the gaps add up to the whole trace', () =>
  fc.assert(
    fc.asyncProperty(arbitraryTrace, chunk, async (texts, size) => {
      const { files, index } = await open(texts, size);
      const { density, landmarkCount, events } = index.progress;
      const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
      const everything = await replayFromStart(
        files,
        { kind: 'event', events: Number.POSITIVE_INFINITY },
        1_000_000,
      );
      expect(everything.events).toBe(events);
      expect(sum(density.gaps)).toBe(landmarkCount);
      expect(density.spawns.length).toBeLessThanOrEqual(1000);
    }),
  ));
