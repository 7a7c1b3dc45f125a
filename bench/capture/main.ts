/** `npm run bench:capture`: how much of the churn churntop sees, and what looking costs. See docs/benchmarks/accuracy.md. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBench } from './build.ts';
import { cells, storm } from './cells.ts';
import { type ContestantName, whoCanRun } from './contestant.ts';
import { type Cost, measureCost, scenes } from './cost.ts';
import { writeDocument } from './document.ts';
import { describeCommit, describeMachine } from './machine.ts';
import { measureMemory } from './memory.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { renderReport } from './report.ts';
import type { Results } from './results.ts';
import { type Outcome, runSession } from './session.ts';
import { runWrap } from './wrap.ts';

const say = (text: string) => process.stderr.write(`${text}\n`);

const measure = async (options: BenchOptions, folder: string): Promise<Results> => {
  const { names, absent } = whoCanRun();
  const everyone: readonly ContestantName[] = options.alone ? ['churntop'] : names;
  const { rounds, seconds, wants } = options;
  const accuracy: Outcome[] = [];
  const storms: Outcome[] = [];
  const stormAlone: Outcome[] = [];
  const costs: Cost[] = [];
  const chosen = cells.filter(({ name }) => wants(name));
  const watch = (session: typeof chosen, by: readonly ContestantName[]) =>
    runSession({ cells: session, names: by, seconds, folder });

  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    if (chosen.length > 0) accuracy.push(...(await watch(chosen, everyone)));
    if (wants(storm.name)) {
      if (everyone.length > 1) storms.push(...(await watch([storm], everyone)));
      stormAlone.push(...(await watch([storm], ['churntop'])));
    }
    for (const scene of scenes.filter(({ name }) => wants(`cost ${name}`))) {
      costs.push(await measureCost(scene, { names: everyone, seconds, folder }));
    }
  }
  if (wants('wrap')) say('PID wrap');
  const wrap = wants('wrap') ? await runWrap(seconds, folder) : undefined;
  if (wants('memory')) say(`memory, ${options.stormMinutes} min`);
  const memory = wants('memory') ? await measureMemory(options.stormMinutes, folder) : undefined;
  const about = { machine: describeMachine(absent), commit: describeCommit(), rounds, seconds };
  return { ...about, names: everyone, accuracy, storm: storms, stormAlone, costs, wrap, memory };
};

const options = parseOptions(process.argv.slice(2));
if (options.help) {
  process.stdout.write(`${usage}\n`);
} else {
  await buildBench();
  // In memory where there is such a place: the disk is not what is measured.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'churntop-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // Contestants and generators share the terminal's process group, and so get the signal too.
  process.once('SIGINT', () => process.exit(130));
  const report = renderReport(await measure(options, folder));
  process.stdout.write(`${report}\n`);
  if (options.write) writeDocument('docs/benchmarks/accuracy.md', report);
}
