/** `npm run bench:capture`: measures how much churn is seen, and what sampling costs. See docs/benchmarks/accuracy.md. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBench } from './build.ts';
import { type Cost, measureCost, scenes } from './measure/cost.ts';
import { type Memory, measureMemory } from './measure/memory.ts';
import { measurePidWrap } from './measure/pid-wrap.ts';
import { type Outcome, runSession } from './measure/session.ts';
import { storms, type Workload, workloads } from './measure/workloads.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { writeDocument } from './report/document.ts';
import { describeCommit, describeMachine } from './report/machine.ts';
import { renderReport } from './report/report.ts';
import type { Results } from './report/results.ts';
import { availableTools } from './tools/available.ts';
import { ownName, sources, type ToolName } from './tools/tool.ts';

/** The shares of a row's duration that storms and costs take. */
const stormShare = 0.4;
const costShare = 0.6;
/** Statuses come once a second, and there are three turns. */
const minCostSeconds = 4;

const log = (text: string) => process.stderr.write(`${text}\n`);

const measure = async (options: BenchOptions, folder: string): Promise<Results> => {
  const { names, absent } = await availableTools({ ...options, folder });
  const present = sources.filter((source) => names.includes(ownName(source)));
  const { quick, rounds, seconds, stormMinutes, isSelected } = options;
  const accuracy: Outcome[] = [];
  const storm: Outcome[] = [];
  const stormAlone: Outcome[] = [];
  const costs: Cost[] = [];
  const memory: Memory[] = [];
  const select = <Row extends Pick<Workload, 'name' | 'omitWhenQuick'>>(rows: readonly Row[], part = '') =>
    rows.filter(({ name, omitWhenQuick }) => isSelected(part + name) && !(quick && omitWhenQuick));
  const observe = async (session: readonly Workload[], tools: readonly ToolName[], rowSeconds: number) =>
    session.length > 0 && tools.length > 0
      ? runSession({ workloads: session, names: tools, seconds: rowSeconds, folder })
      : [];

  for (const problem of absent) log(problem);
  for (let round = 1; round <= rounds; round++) {
    log(`round ${round} of ${rounds}`);
    accuracy.push(...(await observe(select(workloads), names, seconds)));
    if (select(storms).length > 0) log('storms');
    if (names.length > 1 && !quick)
      storm.push(...(await observe(select(storms), names, seconds * stormShare)));
    for (const source of present) {
      stormAlone.push(...(await observe(select(storms), [ownName(source)], seconds * stormShare)));
    }
    for (const scene of select(scenes, 'cost ')) {
      log(`cost, ${scene.name}`);
      costs.push(
        await measureCost(scene, { names, seconds: Math.max(minCostSeconds, seconds * costShare), folder }),
      );
    }
  }
  const measuresWrap = isSelected('wrap') && present.includes('proc');
  if (measuresWrap) log('PID wrap');
  const pidWrap = measuresWrap ? await measurePidWrap(seconds, folder) : undefined;
  for (const source of isSelected('memory') ? present : []) {
    log(`memory, ${source}, ${stormMinutes} min`);
    memory.push(await measureMemory(source, stormMinutes, folder));
  }
  return {
    machine: describeMachine(absent),
    commit: describeCommit(),
    rounds,
    seconds,
    names,
    accuracy,
    storm,
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
