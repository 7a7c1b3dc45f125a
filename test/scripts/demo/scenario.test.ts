import { expect, test } from 'vitest';
import { scenario } from '../../../scripts/demo/scenario.ts';

test('the demo takes less than 20 s and saves each image once', () => {
  expect(scenario.reduce((sum, { holdMs }) => sum + holdMs, 0)).toBeLessThan(20_000);
  const images = scenario.flatMap(({ image }) => image ?? []);
  expect(new Set(images).size).toBe(images.length);
});

test('the demo shows every view, pause, filter and dump', () => {
  const keys = scenario.map((step) => step.keys);
  expect(keys).toEqual(expect.arrayContaining(['1', '2', '3', '4', 'p', '/', 'd']));
});
