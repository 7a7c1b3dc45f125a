/**
 * `npm run bench:start`: how long it takes until something is there, against `node -e 0` on the same machine at the same
 * time: all cases in turn, many rounds, medians. On a busy machine as root: `chrt -r 10 npm run bench:start`.
 */
import { cpus, release } from 'node:os';
import { median } from '../ui/numbers.ts';
import { cases } from './cases.ts';

const rounds = process.argv.includes('--quick') ? 7 : 31;
const taken = new Map(cases.map(({ name }) => [name, [] as number[]]));

for (let round = 0; round < rounds; round++) {
  for (const { name, ms } of cases) taken.get(name)?.push(await ms());
}

const row = (...cells: string[]) => console.log(`| ${cells.join(' | ')} |`);
const [floor] = [...taken.values()].map(median);
console.log(`Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`);
console.log(`${rounds} rounds, medians\n`);
row('until', 'ms', 'times `node -e 0`', 'wanted');
row('---', '---', '---', '---');
for (const { name, wanted } of cases) {
  const ms = median(taken.get(name) ?? []);
  row(name, ms.toFixed(1), (ms / (floor as number)).toFixed(2), wanted === undefined ? '' : `${wanted}`);
}
process.exit(0);
