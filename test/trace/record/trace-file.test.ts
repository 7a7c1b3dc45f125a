import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeLinesSize, writeLines } from '../../../src/trace/record/trace-file.ts';

const lines = fc.array(fc.string({ maxLength: 40 }).map((text) => `${text.replaceAll('\n', '')}\n`));

/** Creates a sink that accepts `steps` bytes, one step a write, then fails. */
const openSink = (steps: readonly number[], canTruncate: boolean) => {
  const left = [...steps];
  let content = Buffer.alloc(0);
  return {
    content: () => content,
    sink: {
      write: (bytes: Uint8Array) => {
        const step = left.shift();
        if (step === undefined) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        content = Buffer.concat([content, bytes.subarray(0, step)]);
        return Math.min(step, bytes.length);
      },
      truncate: (size: number) => {
        if (!canTruncate) throw new Error('cannot truncate');
        content = content.subarray(0, size);
      },
    },
  };
};

describe('writeLines', () => {
  test('leaves complete lines in the file wherever a write fails', () => {
    fc.assert(
      fc.property(lines, fc.array(fc.integer({ min: 0, max: 60 })), (given, steps) => {
        const bytes = Buffer.from(given.join(''));
        const { sink, content } = openSink(steps, true);
        const written = writeLines(sink, bytes, 0);
        expect(content()).toEqual(bytes.subarray(0, content().length));
        expect(written.size).toBe(content().length);
        expect(content().toString()).toBe(given.slice(0, written.lines).join(''));
        expect(written.torn).toBeUndefined();
        if (written.error === undefined) expect(written.lines).toBe(given.length);
      }),
    );
  });

  test('reports a torn line that cannot be cut off, and does not count it', () => {
    const { sink, content } = openSink([7], false);
    expect(writeLines(sink, Buffer.from('one\ntwo\nthree\n'), 100)).toMatchObject({
      lines: 1,
      size: 104,
      torn: true,
      error: { code: 'ENOSPC' },
    });
    expect(content().toString()).toBe('one\ntwo');
  });
});

test('completeLinesSize finds the last newline at any distance from the end', () => {
  fc.assert(
    fc.property(lines, fc.nat({ max: 200_000 }), (given, torn) => {
      const complete = Buffer.from(given.join(''));
      const file = Buffer.concat([complete, Buffer.alloc(torn, 'x')]);
      const size = completeLinesSize(
        (position, length) => file.subarray(position, position + length),
        file.length,
      );
      expect(size).toBe(complete.length);
    }),
    { numRuns: 50 },
  );
});
