import { scenes } from '../measure/cost.ts';
import type { Source } from '../tools/tool.ts';
import { sceneCost } from './cost-table.ts';
import { createGoal, type Goal } from './goal.ts';
import type { Results } from './results.ts';
import { percent } from './table.ts';

/** The largest CPU usage, as shares of one core. */
const maxCpu: Record<Source, { quiet: number; busy: number }> = {
  kernel: { quiet: 0.006, busy: 0.06 },
  proc: { quiet: 0.04, busy: 0.15 },
};

export const costGoals = (results: Results, source: Source): Goal[] => {
  const [few, many, busy] = scenes.map(({ name }) => sceneCost(results, source, name));
  const atMost = (what: string, limit: number, cpu: number | undefined): Goal =>
    createGoal({
      what: `${source}: ${what}`,
      required: `≤ ${limit * 100} %`,
      measured: cpu === undefined ? undefined : percent(cpu),
      met: (cpu ?? 1) <= limit,
    });
  const ratio = many?.cpu !== undefined && few?.cpu ? many.cpu / few.cpu : undefined;
  return [
    atMost('quiet CPU', maxCpu[source].quiet, few?.cpu),
    source === 'kernel'
      ? atMost('quiet CPU, 5,000 sleeping', maxCpu.kernel.quiet, many?.cpu)
      : createGoal({
          what: 'proc: quiet CPU, 5,000 over 60 sleeping',
          required: '≤ 1.3 ×',
          measured: ratio?.toFixed(2),
          met: (ratio ?? 9) <= 1.3,
        }),
    createGoal({
      what: `${source}: quiet CPU over the floor`,
      required: '≤ 2 ×',
      measured: few?.ratio?.toFixed(2),
      met: (few?.ratio ?? 9) <= 2,
    }),
    atMost('CPU at 50 children/s', maxCpu[source].busy, busy?.cpu),
  ];
};
