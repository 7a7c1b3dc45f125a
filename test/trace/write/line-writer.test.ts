import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { LineWriter } from '../../../src/trace/write/line-writer.ts';
import { errnoError } from '../../support/fakes/fake-files.ts';

const mebibyte = 'x'.repeat(1 << 20);
const unexpected = (error?: Error) => {
  throw error ?? new Error('closed');
};

/** A stream that holds all writes back until it is let go. */
const stalled = () => {
  const written: string[] = [];
  const waiting: (() => void)[] = [];
  let open = false;
  const out = new Writable({
    highWaterMark: 1,
    write(chunk, _, done) {
      written.push(String(chunk));
      if (open) done();
      else waiting.push(done);
    },
  });
  return {
    out,
    written,
    letGo: async () => {
      open = true;
      for (const done of waiting.splice(0)) done();
      await vi.waitFor(() => expect(out.writableLength).toBe(0));
    },
  };
};

test('hands lines on as they come', () => {
  const out = new PassThrough();
  const queue = new LineWriter(out, unexpected);
  queue.write(1, () => 'a\n');
  queue.write(2, () => 'b\nc\n');
  expect(String(out.read())).toBe('a\nb\nc\n');
  expect(queue.dropped).toBe(0);
  expect(queue.takeGap(5n)).toBeUndefined();
});

describe('a reader that does not read', () => {
  test('costs a bounded memory; what is dropped is counted, whole deliveries at a time [fault:slow-reader]', async () => {
    const { out, written, letGo } = stalled();
    const queue = new LineWriter(out, unexpected);
    for (let push = 0; push < 100; push++) {
      queue.write(10, () => mebibyte);
      expect(out.writableLength).toBeLessThanOrEqual(5 << 20);
    }
    expect(queue.dropped).toBe(950);
    await letGo();
    expect(written).toHaveLength(5);
    expect(written.every((chunk) => chunk === mebibyte)).toBe(true);
  });

  test('hears of it once, when there is room, from the last delivery that went through', async () => {
    const { out, letGo } = stalled();
    const queue = new LineWriter(out, unexpected);
    expect(queue.takeGap(1n)).toBeUndefined();
    for (let push = 0; push < 5; push++) queue.write(1, () => mebibyte);
    expect(queue.takeGap(2n)).toBeUndefined();
    queue.write(3, () => 'lost\n');
    expect(queue.takeGap(3n)).toBeUndefined();
    const compose = vi.fn(() => 'lost\n');
    queue.write(4, compose);
    // A number given to what is dropped would be a hole besides the gap.
    expect(compose).not.toHaveBeenCalled();
    await letGo();
    expect(queue.takeGap(9n)).toEqual({
      probe_source: 'trace.gap',
      reason: 'dropped',
      events: 7,
      from_monotonic_ns: 2n,
      to_monotonic_ns: 9n,
    });
    expect(queue.takeGap(10n)).toBeUndefined();
    expect(queue.dropped).toBe(7);
  });

  test('does not hold up an orderly end', async () => {
    vi.useFakeTimers();
    try {
      const { out } = stalled();
      const queue = new LineWriter(out, unexpected);
      queue.write(1, () => 'never read\n');
      const flushed = queue.flush();
      await vi.advanceTimersByTimeAsync(500);
      await flushed;
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a flush', () => {
  test('of nothing is done', async () => {
    await new LineWriter(new PassThrough(), unexpected).flush();
  });

  test('waits until all is written', async () => {
    const { out, written, letGo } = stalled();
    const queue = new LineWriter(out, unexpected);
    queue.write(1, () => 'a\n');
    queue.write(1, () => 'b\n');
    const flushed = queue.flush().then(() => [...written]);
    await letGo();
    expect(await flushed).toEqual(expect.arrayContaining(['a\n', 'b\n']));
  });

  test('is done when the reader has gone', async () => {
    const queue = new LineWriter(failing('EPIPE'), () => {});
    queue.write(1, () => 'a\n');
    await queue.flush();
    await queue.flush();
  });
});

const failing = (code: string) =>
  new Writable({ write: (_chunk, _encoding, done) => done(errnoError(code, 'stdout')) });

describe('a reader that has gone', () => {
  test.each(['EPIPE', 'EIO'])('(%s) is a quiet end, told once', async (code) => {
    const closed = vi.fn();
    const queue = new LineWriter(failing(code), closed);
    for (let push = 0; push < 3; push++) queue.write(1, () => 'a\n');
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    queue.write(1, () => 'b\n');
    await queue.flush();
    expect(closed.mock.calls).toEqual([[undefined]]);
  });

  test('because the disk is full is an error', async () => {
    const closed = vi.fn();
    new LineWriter(failing('ENOSPC'), closed).write(1, () => 'a\n');
    await vi.waitFor(() =>
      expect(closed.mock.calls).toEqual([[expect.objectContaining({ code: 'ENOSPC' })]]),
    );
  });
});
