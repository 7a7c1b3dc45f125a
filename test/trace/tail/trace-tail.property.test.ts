import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TraceTail } from '../../../src/trace/tail/trace-tail.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { RecordedFiles } from './recorded-files.ts';

/** What a receiver got, by recorder and `seq`: lines, and the numbers that were reported missing. */
class Received {
  readonly lines = new Map<string, Map<number, string>>();
  readonly missing = new Map<string, Set<number>>();
  last: { recorder: string; seq: number } | undefined;

  async drain(tail: TraceTail, maxReads = Number.POSITIVE_INFINITY): Promise<void> {
    for (let reads = 0; reads < maxReads; reads++) {
      const taken = await tail.read(600);
      if (!taken) return;
      const { recorder, firstSeq, lastSeq, bytes, isContext, missing } = taken;
      const texts = Buffer.from(bytes)
        .toString()
        .split(/(?<=\n)/);
      expect(texts).toHaveLength(lastSeq - firstSeq + 1);
      expect(bytes.length).toBeLessThanOrEqual(600);
      if (isContext) continue;
      const lines = this.lines.get(recorder) ?? new Map<number, string>();
      this.lines.set(recorder, lines);
      for (const [index, text] of texts.entries()) {
        expect(lines.has(firstSeq + index), `${recorder} ${firstSeq + index} twice`).toBe(false);
        lines.set(firstSeq + index, text);
      }
      const lost = this.missing.get(recorder) ?? new Set<number>();
      this.missing.set(recorder, lost);
      for (let seq = firstSeq - missing; seq < firstSeq; seq++) lost.add(seq);
      this.last = { recorder, seq: lastSeq };
    }
  }

  /** Forgets what follows a record, as a server that has lost its newest messages. */
  forget(seq: number): void {
    if (!this.last) return;
    const lines = this.lines.get(this.last.recorder);
    for (const each of [...(lines?.keys() ?? [])]) if (each > seq) lines?.delete(each);
    this.last.seq = seq;
  }
}

const harmless = fc.oneof(
  fc.record({ do: fc.constant('write' as const), count: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constant('tick' as const), count: fc.constant(0) }),
  fc.record({ do: fc.constant('read' as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('restart' as const), count: fc.constant(0) }),
  fc.record({ do: fc.constant('compressed' as const), count: fc.constant(0) }),
  fc.record({ do: fc.constant('seek' as const), count: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ do: fc.constant('drain' as const), count: fc.constant(0) }),
);
const harmful = fc.record({
  do: fc.constantFrom('move' as const, 'delete' as const, 'truncate' as const, 'prune' as const),
  count: fc.integer({ min: 1, max: 3 }),
});
type Step = { do: string; count: number };

const run = async (
  steps: readonly Step[],
  gzip: boolean,
): Promise<{ files: RecordedFiles; received: Received }> => {
  const directory = createTempDir();
  const files = new RecordedFiles(directory.path, gzip);
  const tail = new TraceTail(files.path);
  const received = new Received();
  try {
    for (const { do: action, count } of steps) {
      if (action === 'read') await received.drain(tail, count);
      else if (action === 'drain') await received.drain(tail);
      else if (action === 'seek') {
        if (!received.last) continue;
        received.forget(Math.max(-1, received.last.seq - count));
        await tail.seek(received.last);
      } else if (action === 'write') files.write(count);
      else if (action === 'prune') files.prune(count);
      else await files[action as 'tick' | 'restart' | 'compressed' | 'move' | 'delete' | 'truncate']();
    }
    files.tick();
    files.end();
    await received.drain(tail);
    await received.drain(tail);
    return { files, received };
  } finally {
    await tail.close();
    await files.close();
    directory.remove();
  }
};

test('TraceTail returns every line of every recorder once, across rotations, restarts and rewinds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(harmless, { maxLength: 30 }), fc.boolean(), async (steps, gzip) => {
      const { files, received } = await run(steps, gzip);
      for (const [recorder, lines] of files.written)
        expect([...(received.lines.get(recorder)?.values() ?? [])].join('')).toBe(lines.join(''));
      expect([...received.missing.values()].every(({ size }) => size === 0)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test('TraceTail returns or reports missing every line up to the newest, when files are deleted or truncated', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ arbitrary: harmless, weight: 4 }, harmful), { maxLength: 30 }),
      fc.boolean(),
      async (steps, gzip) => {
        const { files, received } = await run(steps, gzip);
        for (const [recorder, lines] of received.lines) {
          const newest = Math.max(-1, ...lines.keys());
          for (let seq = 0; seq <= newest; seq++) {
            const text = lines.get(seq);
            if (text === undefined)
              expect(received.missing.get(recorder)?.has(seq), `${recorder} ${seq}`).toBe(true);
            else expect(text).toBe(files.written.get(recorder)?.[seq]);
          }
        }
        // The recorder's end is in the current file, which no step deletes afterwards.
        expect(received.lines.get(files.recorder)?.has(files.lastSeq)).toBe(true);
      },
    ),
    { numRuns: 25 },
  );
});
