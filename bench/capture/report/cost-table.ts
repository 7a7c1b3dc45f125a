import { type OwnCost, scenes } from '../measure/cost.ts';
import { median } from '../measure/median.ts';
import type { Source } from '../tools/tool.ts';
import { othersIn, type Results, sourcesIn } from './results.ts';
import { count, empty, milliseconds, percent, type Row, table } from './table.ts';

/** The median costs of one source in one scene over all rounds, as shares of one core. */
export type SceneCost = { [key in keyof Required<OwnCost>]: number | undefined };

/** Returns the costs of a source in the scene; undefined if it was not measured. */
export const sceneCost = ({ costs }: Results, source: Source, scene: string): SceneCost | undefined => {
  const rounds = costs.filter((cost) => cost.scene === scene).flatMap(({ own }) => own.get(source) ?? []);
  if (rounds.length === 0) return undefined;
  const medianOf = (figure: (cost: OwnCost) => number | undefined) => median(rounds.map(figure));
  return {
    cpu: medianOf(({ cpu }) => cpu),
    sampler: medianOf(({ sampler }) => sampler),
    allocatedPids: medianOf(({ allocatedPids }) => allocatedPids),
    intervalNs: medianOf(({ intervalNs }) => intervalNs),
    floor: medianOf(({ floor }) => floor),
    ratio: medianOf(({ ratio }) => ratio),
  };
};

/** Formats the CPU usage of each scene, in percent of one core. */
export const costTable = (results: Results): string => {
  const present = sourcesIn(results);
  const others = othersIn(results);
  const pollColumns = present.includes('proc') ? ['interval', 'floor', '× floor'] : [];
  const rows = scenes
    .filter(({ name }) => results.costs.some(({ scene }) => scene === name))
    .map(({ name }): Row => {
      const proc = sceneCost(results, 'proc', name);
      const rounds = results.costs.filter(({ scene }) => scene === name);
      return [
        name,
        ...present.flatMap((source) => {
          const cost = sceneCost(results, source, name);
          return [percent(cost?.cpu), percent(cost?.sampler), count(cost?.allocatedPids)];
        }),
        ...[milliseconds(proc?.intervalNs), percent(proc?.floor), proc?.ratio?.toFixed(2) ?? empty].slice(
          3 - pollColumns.length,
        ),
        ...others.map((other) => percent(median(rounds.map((round) => round.others.get(other))))),
      ];
    });
  const ownColumns = present.flatMap((source) => [source, 'its sampler', 'PIDs']);
  return table(['CPU % of a core', ...ownColumns, ...pollColumns, ...others], rows);
};
