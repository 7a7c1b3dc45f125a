import { expect, test } from 'vitest';
import { parseStat } from '../../src/proc/stat.ts';

test('the comm outlives the buffer it was read into, a Buffer as well', () => {
  const buffer = Buffer.from('7 (first) S 1 7 7 0 -1 64 0 0 0 0 0 0 0 0 20 0 1 0 55 0 0\n');
  const { comm } = parseStat(buffer, '7/stat');
  buffer.fill('x');
  expect(Buffer.from(comm).toString()).toBe('first');
});
