import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const module = fileURLToPath(new URL('../../src/cli/small-heap.ts', import.meta.url));

/** How many times as large the young part of the heap is after a while in which much survived it. */
const growth = (prepare: string): number => {
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { keepHeapSteady } from ${JSON.stringify(module)};
    ${prepare}
    const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
    const before = young();
    const held = [];
    for (let count = 0; count < 3_000_000; count++) held[count % 20_000] = { count, text: [count] };
    process.stdout.write(String(young() / before));`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
};

test('what passes through does not double the young part of the heap', () => {
  // The second half of it is there from the first collection on.
  expect(growth('keepHeapSteady();')).toBeLessThanOrEqual(2);
  expect(growth('')).toBeGreaterThan(4);
});
