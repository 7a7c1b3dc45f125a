import { type ChurnRow, lifetimeBounds } from '../../domain/stats/group-summary.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import { sketchError } from '../../domain/stats/quantile-sketch.ts';
import type { GroupReport, LoopRow } from '../../domain/stats/report.ts';
import type { Remarks } from '../../trace/read/reader.ts';
import { rfc3339 } from '../../util/time.ts';
import type { Report } from './report-model.ts';

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const rowOf = ({ key, lineage, mostly, lifetimes, ...row }: ChurnRow) => ({
  key,
  ...(lineage && { lineage }),
  spawns: row.spawns,
  execs: row.execs,
  exits: row.exits,
  alive: row.alive,
  zombies: row.zombies,
  most_zombies: row.mostZombies,
  spawns_per_second: { now: rounded(row.rate), mean: rounded(row.meanRate), peak: row.peak },
  lifetime_ns: {
    count: lifetimes.count,
    min: lifetimes.min,
    p50: lifetimes.p50,
    p95: lifetimes.p95,
    max: lifetimes.max,
    histogram: lifetimes.histogram,
  },
  mostly: mostly && { comm: mostly.name, spawns: mostly.count },
});

const groupOf = ({ rows, keys, fallen }: GroupReport) => ({ keys, fallen, rows: rows.map(rowOf) });

const loopOf = ({ comm, lineage, kind, count, periodNs, goesOn }: LoopRow) => ({
  comm,
  parent: lineage,
  kind,
  count,
  period_ns: Math.round(periodNs),
  goes_on: goesOn,
});

const remarksOf = (remarks: Remarks) => ({ count: remarks.count, first: remarks.first });

/** The report as it is printed with `--json`: plain values, ns as whole numbers. */
export const reportJson = ({ of, churn }: Report, by: Grouping | undefined) => {
  const { coverage, groups } = churn;
  const shown = by === undefined ? groups : { [by]: groups[by] };
  return {
    report: 1,
    epistemic_status: 'DECLARED',
    hosts: of.hosts,
    until: of.untilNs === undefined ? undefined : rfc3339(of.untilNs),
    span_ns: churn.spanNs,
    filter: of.filter === '' ? undefined : of.filter,
    records: of.records,
    skipped: remarksOf(of.skipped),
    notes: remarksOf(of.notes),
    coverage: {
      capture_mode: coverage.mode,
      spawns_seen: coverage.spawnsSeen,
      unseen: coverage.unseen,
      seen: coverage.seen,
      vanished: coverage.vanished,
      losses: Object.fromEntries(
        Object.entries(coverage.losses).map(([reason, { gaps, tasks, events, ns, longestNs }]) => [
          reason,
          { gaps, tasks, events, ns, longest_ns: longestNs },
        ]),
      ),
      recent_gaps: coverage.recentGaps,
    },
    lifetime_error: sketchError,
    lifetime_bounds_ns: lifetimeBounds,
    total: rowOf(churn.total),
    by: Object.fromEntries(Object.entries(shown).map(([name, group]) => [name, groupOf(group)])),
    restart_loops: churn.loops.map(loopOf),
    zombies: churn.zombies.map(rowOf),
  };
};
