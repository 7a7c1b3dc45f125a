import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TraceIndex } from '../../../../src/trace/replay/index/trace-index.ts';
import { Seeker } from '../../../../src/trace/replay/player/seeker.ts';
import type { Target } from '../../../../src/trace/replay/player/target.ts';
import { arbitraryTrace, indexed, memoryFile, straight, told } from '../../../support/replay.ts';

/** So small that every trace has several checkpoints, thins them, and overflows its log. */
const limits = { count: 6, bytes: 1 << 20, spacing: 300 };
const history = 7;

const open = async (texts: string[], chunk: number) => {
  const files = texts.map((text, index) => memoryFile(text, `part-${index}`));
  const index = new TraceIndex(limits);
  for (const message of await indexed(files, limits, chunk))
    if (message.type === 'checkpoint' || message.type === 'progress') index.add(message);
  return { files, index, seeker: new Seeker({ files, index, history, chunk }) };
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
            const head = await seeker.to(target);
            head?.fold.settle(target.atNs);
            const wanted = await straight(files, target, history);
            expect(told(head?.fold.world as never)).toEqual(told(wanted.world));
            expect(head?.fold.info).toEqual(wanted.info);
            expect(head?.fold.atNs).toBe(wanted.atNs);
            expect(head?.fold.events).toBe(wanted.events);
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
            const target: Target = events === 0 ? { kind: 'opening' } : { kind: 'event', events };
            const head = await seeker.to(target);
            expect(told(head?.fold.world as never)).toEqual(
              told((await straight(files, target, history)).world),
            );
            if (events > 0) expect(head?.fold.events).toBe(events);
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
        const first = await seeker.to({ kind: 'event', events });
        const back = await seeker.to({ kind: 'event', events: events - 1 });
        await back?.advance({ kind: 'event', events });
        expect(told(back?.fold.world as never)).toEqual(told(first?.fold.world as never));
      }),
    ));
});

test('the density and the gaps add up to the whole trace', () =>
  fc.assert(
    fc.asyncProperty(arbitraryTrace, chunk, async (texts, size) => {
      const { files, index } = await open(texts, size);
      const { density, gapCount, events } = index.progress;
      const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
      const everything = await straight(
        files,
        { kind: 'event', events: Number.POSITIVE_INFINITY },
        1_000_000,
      );
      expect(everything.events).toBe(events);
      expect(sum(density.gaps)).toBe(gapCount);
      expect(density.spawns.length).toBeLessThanOrEqual(1000);
    }),
  ));
