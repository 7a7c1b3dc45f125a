import type { ContestantName } from './contestant.ts';
import { scenes } from './cost.ts';
import { median } from './median.ts';
import type { Results } from './results.ts';
import { count, milliseconds, none, percent, type Row, table } from './table.ts';

export type SceneCost = {
  scene: string;
  cpu: number | undefined;
  sampler: number | undefined;
  intervalNs: number | undefined;
  births: number | undefined;
  floor: number | undefined;
  /** CPU over that of the floor at the same rate. */
  ratio: number | undefined;
};

/** Medians over the rounds of one scene. */
export const sceneCosts = ({ costs }: Results): SceneCost[] =>
  scenes
    .map(({ name }) => costs.filter(({ scene }) => scene === name))
    .filter((rounds) => rounds.length > 0)
    .map((rounds) => ({
      scene: rounds[0]!.scene,
      cpu: median(rounds.map(({ churntop }) => churntop.cpu)),
      sampler: median(rounds.map(({ churntop }) => churntop.sampler)),
      intervalNs: median(rounds.map(({ intervalNs }) => intervalNs)),
      births: median(rounds.map(({ births }) => births)),
      floor: median(rounds.map(({ floor }) => floor)),
      ratio: median(rounds.map((round) => round.ratio)),
    }));

/** What looking costs, in percent of one core. */
export const costTable = (results: Results): string => {
  const others = results.names.filter((name): name is ContestantName => name !== 'churntop');
  const rows = sceneCosts(results).map(
    ({ scene, cpu, sampler, intervalNs, births, floor, ratio }): Row => [
      scene,
      count(births),
      milliseconds(intervalNs),
      percent(cpu),
      percent(sampler),
      percent(floor),
      ratio === undefined ? none : ratio.toFixed(2),
      ...others.map((name) =>
        percent(
          median(results.costs.filter((cost) => cost.scene === scene).map((cost) => cost.others.get(name))),
        ),
      ),
    ],
  );
  return table(
    ['scene', 'births', 'interval', 'churntop', 'its sampler', 'floor', '× floor', ...others],
    rows,
  );
};
