import { type GroupSummary, lifetimeBoundsNs } from '../../domain/stats/group-summary.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import { maxRelativeError } from '../../domain/stats/quantile-sketch.ts';
import type { GroupReport, RestartLoopSummary } from '../../domain/stats/report.ts';
import type { Diagnostics } from '../../trace/read/reader.ts';
import { formatRfc3339 } from '../../util/time.ts';
import type { Report } from './report-model.ts';

const roundToThousandths = (value: number): number => Math.round(value * 1000) / 1000;

const rowJson = ({ key, lineage, topName, lifetimes, ...row }: GroupSummary) => ({
  key,
  ...(lineage && { lineage }),
  spawns: row.spawns,
  execs: row.execs,
  exits: row.exits,
  alive: row.alive,
  zombies: row.zombies,
  most_zombies: row.maxZombies,
  spawns_per_second: {
    now: roundToThousandths(row.rate),
    mean: roundToThousandths(row.meanRate),
    peak: row.peakRate,
  },
  lifetime_ns: {
    count: lifetimes.count,
    min: lifetimes.min,
    p50: lifetimes.p50,
    p95: lifetimes.p95,
    max: lifetimes.max,
    histogram: lifetimes.histogram,
  },
  mostly: topName && { comm: topName.name, spawns: topName.count },
});

const groupJson = ({ rows, keys, evicted }: GroupReport) => ({
  keys,
  fallen: evicted,
  rows: rows.map(rowJson),
});

const loopJson = ({ comm, lineage, kind, count, periodNs, ongoing }: RestartLoopSummary) => ({
  comm,
  parent: lineage,
  kind,
  count,
  period_ns: Math.round(periodNs),
  goes_on: ongoing,
});

const diagnosticsJson = (remarks: Diagnostics) => ({ count: remarks.count, first: remarks.first });

/** The report as it is printed with `--json`: plain values, ns as whole numbers. */
export const reportJson = ({ of, churn }: Report, groupBy: Grouping | undefined) => {
  const { coverage, groups } = churn;
  const shown = groupBy === undefined ? groups : { [groupBy]: groups[groupBy] };
  return {
    report: 1,
    epistemic_status: 'DECLARED',
    hosts: of.hosts,
    until: of.untilNs === undefined ? undefined : formatRfc3339(of.untilNs),
    span_ns: churn.spanNs,
    filter: of.filter === '' ? undefined : of.filter,
    records: of.records,
    skipped: diagnosticsJson(of.skipped),
    notes: diagnosticsJson(of.notes),
    coverage: {
      capture_mode: coverage.mode,
      spawns_seen: coverage.spawnsSeen,
      unseen: coverage.missed,
      seen: coverage.seenShare,
      vanished: coverage.missedExits,
      losses: Object.fromEntries(
        Object.entries(coverage.gaps).map(([reason, { gaps, tasks, events, totalNs, longestNs }]) => [
          reason,
          { gaps, tasks, events, ns: totalNs, longest_ns: longestNs },
        ]),
      ),
      recent_gaps: coverage.recentGaps,
    },
    lifetime_error: maxRelativeError,
    lifetime_bounds_ns: lifetimeBoundsNs,
    total: rowJson(churn.total),
    by: Object.fromEntries(Object.entries(shown).map(([name, group]) => [name, groupJson(group)])),
    restart_loops: churn.restartLoops.map(loopJson),
    zombies: churn.zombies.map(rowJson),
  };
};
