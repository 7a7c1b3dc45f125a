import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { LineWriter } from '../../../src/trace/write/line-writer.ts';
import { errnoError } from '../../support/fakes/fake-files.ts';

const mebibyte = 'x'.repeat(1 << 20);
const unexpected = (error?: Error) => {
  throw error ?? new Error('closed');
};

/** Creates a stream that delays all writes until `release`. */
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
    release: async () => {
      open = true;
      for (const done of waiting.splice(0)) done();
      await vi.waitFor(() => expect(out.writableLength).toBe(0));
    },
  };
};

test('LineWriter writes lines at once', () => {
  const out = new PassThrough();
  const queue = new LineWriter(out, unexpected);
  queue.write(1, () => 'a\n');
  queue.write(2, () => 'b\nc\n');
  expect(String(out.read())).toBe('a\nb\nc\n');
  expect(queue.dropped).toBe(0);
  expect(queue.takeGap(5n)).toBeUndefined();
});

describe('LineWriter with a reader that does not read', () => {
  test('buffers a bounded number of bytes, then drops and counts whole batches [fault:slow-reader]', async () => {
    const { out, written, release } = stalled();
    const queue = new LineWriter(out, unexpected);
    for (let push = 0; push < 100; push++) {
      queue.write(10, () => mebibyte);
      expect(out.writableLength).toBeLessThanOrEqual(5 << 20);
    }
    expect(queue.dropped).toBe(950);
    await release();
    expect(written).toHaveLength(5);
    expect(written.every((chunk) => chunk === mebibyte)).toBe(true);
  });

  test('returns one gap since the last batch that was written, once there is room', async () => {
    const { out, release } = stalled();
    const queue = new LineWriter(out, unexpected);
    expect(queue.takeGap(1n)).toBeUndefined();
    for (let push = 0; push < 5; push++) queue.write(1, () => mebibyte);
    expect(queue.takeGap(2n)).toBeUndefined();
    queue.write(3, () => 'lost\n');
    expect(queue.takeGap(3n)).toBeUndefined();
    const compose = vi.fn(() => 'lost\n');
    queue.write(4, compose);
    // A dropped record must not use a number, which would be a hole besides the gap.
    expect(compose).not.toHaveBeenCalled();
    await release();
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

  test('flushes within 500 ms', async () => {
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

describe('LineWriter.flush', () => {
  test('resolves when nothing is buffered', async () => {
    await new LineWriter(new PassThrough(), unexpected).flush();
  });

  test('resolves when all is written', async () => {
    const { out, written, release } = stalled();
    const queue = new LineWriter(out, unexpected);
    queue.write(1, () => 'a\n');
    queue.write(1, () => 'b\n');
    const flushed = queue.flush().then(() => [...written]);
    await release();
    expect(await flushed).toEqual(expect.arrayContaining(['a\n', 'b\n']));
  });

  test('resolves when the reader has closed the stream', async () => {
    const queue = new LineWriter(failing('EPIPE'), () => {});
    queue.write(1, () => 'a\n');
    await queue.flush();
    await queue.flush();
  });
});

const failing = (code: string) =>
  new Writable({ write: (_chunk, _encoding, done) => done(errnoError(code, 'stdout')) });

describe('LineWriter with a closed stream', () => {
  test.each(['EPIPE', 'EIO'])('reports %s once, without an error', async (code) => {
    const closed = vi.fn();
    const queue = new LineWriter(failing(code), closed);
    for (let push = 0; push < 3; push++) queue.write(1, () => 'a\n');
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    queue.write(1, () => 'b\n');
    await queue.flush();
    expect(closed.mock.calls).toEqual([[undefined]]);
  });

  test('reports the error when the disk is full', async () => {
    const closed = vi.fn();
    new LineWriter(failing('ENOSPC'), closed).write(1, () => 'a\n');
    await vi.waitFor(() =>
      expect(closed.mock.calls).toEqual([[expect.objectContaining({ code: 'ENOSPC' })]]),
    );
  });
});
