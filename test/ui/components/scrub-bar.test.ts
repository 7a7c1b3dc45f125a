import { describe, expect, test } from 'vitest';
import type { ReplayStatus } from '../../../src/domain/source/replay-control.ts';
import { scrubCells } from '../../../src/store/scrub-bar.ts';
import { DensityCounter } from '../../../src/trace/replay/index/density.ts';
import { scrubBarLine } from '../../../src/ui/components/scrub-bar.tsx';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { replayStatus } from '../../support/fixtures/replay-status.ts';

describe('the scrub bar', () => {
  const status = (more: Parameters<typeof replayStatus>[0] = {}): ReplayStatus =>
    replayStatus({ playing: true, density: { gaps: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0] }, ...more });

  test('the level of a cell is relative to the busiest cell', () => {
    const { cells, cursor } = scrubCells(status(), 10);
    expect(cells.map(({ level }) => level)).toEqual([1, 0, 0, 0, 8, 0, 0, 0, 0, 4]);
    expect(cells.map(({ gap }) => gap).indexOf(true)).toBe(2);
    expect(cursor).toBe(5);
  });

  test('cells that are not indexed yet are marked', () => {
    const { cells } = scrubCells(status({ indexedShare: 0.5 }), 20);
    expect(cells.map(({ indexed }) => indexed)).toEqual([
      ...new Array<boolean>(10).fill(true),
      ...new Array<boolean>(10).fill(false),
    ]);
    expect(
      scrubBarLine(status({ indexedShare: 0.5, skippedLines: 2 }), 60, createTheme({ color: false })),
    ).toContain('indexing 50% 2 invalid lines');
  });

  test('an empty trace and a width of one cell do not fail', () => {
    const nothing = new DensityCounter().density;
    expect(scrubCells(status({ toNs: 0n, positionNs: 0n, density: nothing }), 5).cursor).toBe(0);
    expect(
      scrubBarLine(status({ toNs: 0n, positionNs: 0n, density: nothing }), 1, createTheme({ color: false })),
    ).toContain('│');
  });
});
