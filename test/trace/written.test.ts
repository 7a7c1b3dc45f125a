import { expect, test } from 'vitest';
import { Written } from '../../src/trace/written.ts';
import { seconds } from '../support/events.ts';

test('counts, and measures over a second at least', () => {
  const written = new Written(seconds(10));
  expect(written.add(2, 100)).toBe(2);
  written.measure(seconds(10.5));
  expect(written).toMatchObject({ lines: 2, bytes: 100, perSecond: 0 });
  written.add(1, 300);
  written.measure(seconds(12));
  expect(written).toMatchObject({ lines: 3, bytes: 400, perSecond: 200 });
  written.measure(seconds(13));
  expect(written.perSecond).toBe(0);
});
