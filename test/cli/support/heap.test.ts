import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const module = fileURLToPath(new URL('../../../src/cli/support/heap.ts', import.meta.url));

/** Runs a script that keeps many objects alive, and returns the largest size of the semi-spaces in bytes. */
const maxNewSpaceBytes = (prepare: string): number => {
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { limitHeapGrowth } from ${JSON.stringify(module)};
    ${prepare}
    const newSpaceBytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
    const retained = [];
    let max = 0;
    for (let count = 0; count < 3_000_000; count++) {
      retained[count % 20_000] = { count, text: [count] };
      if (count % 10_000 === 0) max = Math.max(max, newSpaceBytes());
    }
    process.stdout.write(String(max));`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
};

test('limitHeapGrowth keeps the semi-spaces small when many objects survive', () => {
  // 7 to 12 MiB instead of 64. The size exceeds the limit for a short time.
  expect(maxNewSpaceBytes('limitHeapGrowth();')).toBeLessThan(maxNewSpaceBytes('') / 3);
});
