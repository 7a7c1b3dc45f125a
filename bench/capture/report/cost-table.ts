import { scenes } from '../measure/cost.ts';
import { median } from '../measure/median.ts';
import type { Results } from './results.ts';
import { count, empty, milliseconds, percent, type Row, table } from './table.ts';

/** The median costs of one scene over all rounds, as shares of one core. */
export type SceneCost = {
  scene: string;
  cpu: number | undefined;
  sampler: number | undefined;
  intervalNs: number | undefined;
  allocatedPids: number | undefined;
  floor: number | undefined;
  /** CPU usage relative to the floor. */
  ratio: number | undefined;
};

export const sceneCosts = ({ costs }: Results): SceneCost[] =>
  scenes
    .map(({ name }) => costs.filter(({ scene }) => scene === name))
    .filter((rounds) => rounds.length > 0)
    .map((rounds) => ({
      scene: rounds[0]!.scene,
      cpu: median(rounds.map(({ churntop }) => churntop.cpu)),
      sampler: median(rounds.map(({ churntop }) => churntop.sampler)),
      intervalNs: median(rounds.map(({ intervalNs }) => intervalNs)),
      allocatedPids: median(rounds.map(({ allocatedPids }) => allocatedPids)),
      floor: median(rounds.map(({ floor }) => floor)),
      ratio: median(rounds.map(({ ratio }) => ratio)),
    }));

/** Formats the CPU usage of each scene, in percent of one core. */
export const costTable = (results: Results): string => {
  const others = results.names.filter((name) => name !== 'churntop');
  const rows = sceneCosts(results).map((cost): Row => {
    const rounds = results.costs.filter(({ scene }) => scene === cost.scene);
    return [
      cost.scene,
      count(cost.allocatedPids),
      milliseconds(cost.intervalNs),
      percent(cost.cpu),
      percent(cost.sampler),
      percent(cost.floor),
      cost.ratio === undefined ? empty : cost.ratio.toFixed(2),
      ...others.map((name) => percent(median(rounds.map((round) => round.others.get(name))))),
    ];
  });
  return table(['scene', 'PIDs', 'interval', 'churntop', 'its sampler', 'floor', '× floor', ...others], rows);
};
