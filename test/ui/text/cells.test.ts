import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { fit, fitCommand, joinEnds, sparkline, truncate, widthOf } from '../../../src/ui/text/cells.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ maxLength: 30 }),
  fc
    .array(
      fc.constantFrom(
        '漢',
        '👩‍👩‍👧‍👦',
        '👍🏽',
        '🇩🇪',
        '🇩',
        'e\u0301',
        '\u0301',
        '\u0e33',
        '\u0d4e',
        '\uff9e',
        'क्ष',
        '\u1100\u1161',
        '☎\ufe0f',
        '\u200d',
        ' ',
        'a',
        '\x1b[31m',
        '\n',
        '\u202e',
        '\u3000',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);
const anyWidth = fc.integer({ min: 0, max: 40 });

describe('fit', () => {
  test.each([
    ['nginx', 8, 'left', 'nginx   '],
    ['nginx', 8, 'right', '   nginx'],
    ['nginx', 5, 'left', 'nginx'],
    ['nginx', 4, 'left', 'ngi…'],
    ['nginx', 1, 'left', '…'],
    ['nginx', 0, 'left', ''],
    ['', 3, 'right', '   '],
    ['漢字漢字', 8, 'left', '漢字漢字'],
    ['漢字漢字', 6, 'left', '漢字… '],
    ['漢字漢字', 7, 'left', '漢字漢…'],
    ['漢字', 1, 'left', '…'],
    ['\x1b[31mred', 8, 'left', '␛[31mred'],
    ['a\nb', 4, 'left', 'a␊b '],
  ] as const)('%j in %d cells, %s', (text, width, align, shown) => {
    expect(fit(text, width, align)).toBe(shown);
  });

  test('returns exactly the width for any text', () => {
    fc.assert(
      fc.property(
        anyText,
        anyWidth,
        fc.constantFrom('left' as const, 'right' as const),
        (text, width, align) => {
          expect(stringWidth(fit(text, width, align))).toBe(width);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

test('truncate keeps text that fits and never exceeds the width', () => {
  fc.assert(
    fc.property(anyText, anyWidth, (text, width) => {
      const kept = truncate(text, width);
      if (widthOf(text) <= width) expect(kept).toBe(text);
      else {
        expect(widthOf(kept)).toBeLessThanOrEqual(width);
        if (width > 0) expect(text.startsWith(kept.slice(0, -1)) && kept.endsWith('…')).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('joinEnds', () => {
  test.each([
    ['left', 'right', 12, 'left   right'],
    ['left', 'right', 10, 'left right'],
    ['left', 'right', 9, 'left'],
    ['\x1b[1mleft\x1b[22m', 'right', 10, '\x1b[1mleft\x1b[22m right'],
    ['漢字', 'r', 6, '漢字 r'],
  ])('%j and %j in %d cells', (left, right, width, line) => {
    expect(joinEnds(left, right, width)).toBe(line);
  });
});

describe('sparkline', () => {
  test.each([
    [[0, 0, 0], 3, '   '],
    [[1, 2, 4, 8], 4, '▁▂▄█'],
    [[0, 1000, 1], 3, ' █▁'],
    [[5], 1, '█'],
    [[], 3, '   '],
    [[1, 2], 0, ''],
    // A peak is not averaged away.
    [[0, 0, 9, 0, 0, 0], 2, '█ '],
    [[1, 2], 4, '▄▄██'],
  ])('%j in %d cells', (values, cells, line) => {
    expect(sparkline(values, cells)).toBe(line);
  });

  test('has a cell for each value, a space for 0 and a full bar for the maximum', () => {
    const values = fc.array(fc.oneof(fc.constant(0), fc.nat(1_000_000)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, (counts) => {
        const line = [...sparkline(counts, counts.length)];
        const maximum = Math.max(...counts);
        expect(line).toHaveLength(counts.length);
        counts.forEach((value, index) => {
          expect(line[index] === ' ').toBe(value === 0);
          if (value > 0 && value === maximum) expect(line[index]).toBe('█');
        });
      }),
    );
  });

  test('keeps peaks with fewer cells than values', () => {
    const values = fc.array(fc.nat(9), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 60 }), (counts, cells) => {
        const line = sparkline(counts, cells);
        expect(line).toHaveLength(cells);
        expect(line.trim() === '').toBe(Math.max(...counts) === 0);
        if (Math.max(...counts) > 0) expect(line).toContain('█');
      }),
    );
  });
});

describe('fitCommand', () => {
  test('keeps the program and the end of a long command', () => {
    expect(fitCommand('java -cp /opt/a.jar:/opt/b.jar com.example.Main', 30)).toBe(
      'java -cp /opt/a.j…example.Main',
    );
    expect(fitCommand('sh -c true', 30)).toBe('sh -c true'.padEnd(30));
    expect(fitCommand('sleep 0.25', 6)).toBe('sleep…');
  });

  test('has exactly the width, and no control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(60), (text, width) => {
        const fitted = fitCommand(`${text}\x1b[2J`, width);
        expect(widthOf(fitted)).toBe(width);
        expect(fitted).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
