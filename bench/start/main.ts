/**
 * `npm run bench:start`: measures startup as a multiple of `node -e 0`. All cases run in turn, in many rounds; medians
 * are printed. On a busy machine, run as root: `chrt -r 10 npm run bench:start`.
 */
import { cpus, release } from 'node:os';
import { median } from '../ui/numbers.ts';
import { cases } from './cases.ts';

const rounds = process.argv.includes('--quick') ? 7 : 31;
const results = new Map(cases.map(({ name }) => [name, [] as number[]]));

for (let round = 0; round < rounds; round++) {
  for (const { name, measure } of cases) results.get(name)?.push(await measure());
}

const row = (...cells: string[]) => console.log(`| ${cells.join(' | ')} |`);
const [baselineMs] = [...results.values()].map(median);
console.log(`Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`);
console.log(`${rounds} rounds, medians\n`);
row('event', 'ms', 'multiple of `node -e 0`', 'goal');
row('---', '---', '---', '---');
for (const { name, goal } of cases) {
  const ms = median(results.get(name) ?? []);
  row(name, ms.toFixed(1), (ms / (baselineMs as number)).toFixed(2), goal === undefined ? '' : `${goal}`);
}
process.exit(0);
