/** `npm run bench:capture`: measures how much churn is seen, and what sampling costs. See docs/benchmarks/accuracy.md. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBench } from './build.ts';
import { type Cost, measureCost, scenes } from './measure/cost.ts';
import { measureMemory } from './measure/memory.ts';
import { measurePidWrap } from './measure/pid-wrap.ts';
import { type Outcome, runSession } from './measure/session.ts';
import { storm, type Workload, workloads } from './measure/workloads.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { writeDocument } from './report/document.ts';
import { describeCommit, describeMachine } from './report/machine.ts';
import { renderReport } from './report/report.ts';
import type { Results } from './report/results.ts';
import { availableTools, type ToolName } from './tools/tool.ts';

const log = (text: string) => process.stderr.write(`${text}\n`);

const measure = async (options: BenchOptions, folder: string): Promise<Results> => {
  const available = availableTools();
  const names: readonly ToolName[] = options.alone ? ['churntop'] : available.names;
  const { rounds, seconds, stormMinutes, isSelected } = options;
  const accuracy: Outcome[] = [];
  const storms: Outcome[] = [];
  const stormAlone: Outcome[] = [];
  const costs: Cost[] = [];
  const selected = workloads.filter(({ name }) => isSelected(name));
  const observe = (session: readonly Workload[], tools: readonly ToolName[]) =>
    runSession({ workloads: session, names: tools, seconds, folder });

  for (let round = 1; round <= rounds; round++) {
    log(`round ${round} of ${rounds}`);
    if (selected.length > 0) accuracy.push(...(await observe(selected, names)));
    if (isSelected(storm.name)) {
      if (names.length > 1) storms.push(...(await observe([storm], names)));
      stormAlone.push(...(await observe([storm], ['churntop'])));
    }
    for (const scene of scenes.filter(({ name }) => isSelected(`cost ${name}`))) {
      costs.push(await measureCost(scene, { names, seconds, folder }));
    }
  }
  if (isSelected('wrap')) log('PID wrap');
  const pidWrap = isSelected('wrap') ? await measurePidWrap(seconds, folder) : undefined;
  if (isSelected('memory')) log(`memory, ${stormMinutes} min`);
  const memory = isSelected('memory') ? await measureMemory(stormMinutes, folder) : undefined;
  return {
    machine: describeMachine(available.absent),
    commit: describeCommit(),
    rounds,
    seconds,
    names,
    accuracy,
    storm: storms,
    stormAlone,
    costs,
    pidWrap,
    memory,
  };
};

const options = parseOptions(process.argv.slice(2));
if (options.help) {
  process.stdout.write(`${usage}\n`);
} else {
  await buildBench();
  // In memory where possible, so that the disk does not affect the results.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'churntop-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // Tools and generators are in the same process group, so the terminal sends them the signal as well.
  process.once('SIGINT', () => process.exit(130));
  const report = renderReport(await measure(options, folder));
  process.stdout.write(`${report}\n`);
  if (options.write) writeDocument('docs/benchmarks/accuracy.md', report);
}
