import { expect, test } from 'vitest';
import { scenario } from '../../../scripts/demo/scenario.ts';

test('the film stays below 20 s and takes each picture once', () => {
  expect(scenario.reduce((sum, { holdMs }) => sum + holdMs, 0)).toBeLessThan(20_000);
  const stills = scenario.flatMap(({ still }) => still ?? []);
  expect(new Set(stills).size).toBe(stills.length);
});

test('the film shows every view, pause, filter and dump', () => {
  const keys = scenario.map((step) => step.keys);
  expect(keys).toEqual(expect.arrayContaining(['1', '2', '3', '4', 'p', '/', 'd']));
});
