import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const module = fileURLToPath(new URL('../../../src/cli/support/heap.ts', import.meta.url));

/** Bytes of the young part of the heap at the most while much survived it. */
const largest = (prepare: string): number => {
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { keepHeapSmall } from ${JSON.stringify(module)};
    ${prepare}
    const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
    const held = [];
    let most = 0;
    for (let count = 0; count < 3_000_000; count++) {
      held[count % 20_000] = { count, text: [count] };
      if (count % 10_000 === 0) most = Math.max(most, young());
    }
    process.stdout.write(String(most));`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
};

test('what passes through leaves the young part of the heap small', () => {
  // 7 to 12 MiB of 64: for a moment it is larger than it may stay.
  expect(largest('keepHeapSmall();')).toBeLessThan(largest('') / 3);
});
