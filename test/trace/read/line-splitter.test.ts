import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter, maxLineBytes } from '../../../src/trace/read/line-splitter.ts';

/** Returns all output: lines, `<n>` for a line beyond the maximum, and the text after the last newline. */
const split = (chunks: Iterable<Uint8Array>, maxLineBytes?: number): string[] => {
  const out: string[] = [];
  const splitter = new LineSplitter({
    onLines: (text) => out.push(...text.split('\n')),
    onTooLong: (bytes) => out.push(`<${bytes}>`),
    ...(maxLineBytes !== undefined && { maxLineBytes }),
  });
  for (const chunk of chunks) splitter.push(chunk);
  const rest = splitter.end();
  return rest === undefined ? out : [...out, `rest ${rest}`];
};

const cutAt = function* (bytes: Uint8Array, places: readonly number[]): Generator<Uint8Array> {
  let from = 0;
  for (const place of places.map((each) => each % (bytes.length + 1)).toSorted((a, b) => a - b)) {
    yield bytes.slice(from, place);
    from = place;
  }
  yield bytes.slice(from);
};

describe('LineSplitter', () => {
  test.each([
    ['nothing', '', []],
    ['one line', 'a\n', ['a']],
    ['an empty line', '\n', ['']],
    ['lines and a rest', 'a\n\nbc\nd', ['a', '', 'bc', 'rest d']],
    ['a line of maximum length', '12345678\n', ['12345678']],
    ['a line one byte longer', '123456789\nb\n', ['<9>', 'b']],
    ['a longer line at the end of input', 'a\n1234567890', ['a', '<10>']],
  ])('splits %s', (_, text, lines) => {
    expect(split([Buffer.from(text)], 8)).toEqual(lines);
  });

  test('returns the same lines for chunks of any size', () => {
    const texts = fc.array(fc.constantFrom('a', 'é', '😀', '\n', '"', '\r', '12345'), { maxLength: 60 });
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 12 }), (parts, places) => {
        const bytes = Buffer.from(parts.join(''));
        expect(split(cutAt(bytes, places), 8)).toEqual(split([bytes], 8));
      }),
    );
  });

  test('does not retain a chunk that the caller overwrites', () => {
    const buffer = Buffer.from('abc');
    const reused = function* () {
      yield buffer;
      buffer.write('de\n');
      yield buffer;
    };
    expect(split(reused())).toEqual(['abcde']);
  });

  test('buffers at most the maximum of a line of 1 GiB [fault:huge-line]', () => {
    const chunk = Buffer.alloc(1 << 20, 'x');
    const before = process.memoryUsage().arrayBuffers;
    let maxBuffered = 0;
    const gigabyte = function* () {
      yield Buffer.from('a\n');
      for (let mebibytes = 0; mebibytes < 1024; mebibytes++) {
        yield chunk;
        maxBuffered = Math.max(maxBuffered, process.memoryUsage().arrayBuffers - before);
      }
      yield Buffer.from('\nb\n');
    };
    expect(split(gigabyte())).toEqual(['a', `<${2 ** 30}>`, 'b']);
    expect(maxBuffered).toBeLessThan(4 * maxLineBytes);
  });
});
