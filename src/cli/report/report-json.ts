import { type GroupSummary, lifetimeBoundsNs } from '../../domain/stats/group-summary.ts';
import {
  cgroupGroupings,
  type ReportGrouping,
  reportGroupings,
  unknownKey,
} from '../../domain/stats/groups.ts';
import type { RestartLoopSummary } from '../../domain/stats/loops/loop-summary.ts';
import { loopStatusOf } from '../../domain/stats/loops/loop-text.ts';
import { maxRelativeError } from '../../domain/stats/quantile-sketch.ts';
import type { GroupReport } from '../../domain/stats/report.ts';
import type { Diagnostics } from '../../trace/read/diagnostics.ts';
import { formatRfc3339 } from '../../util/time.ts';
import type { Report } from './report-model.ts';

/** Rounds a rate to thousandths. */
const roundToThousandths = (value: number): number => Math.round(value * 1000) / 1000;

const exitStatusJson = ({
  exitStatuses: { known, failed, failures },
}: Pick<GroupSummary, 'exitStatuses'>) => ({
  known,
  failed,
  failures: failures.map(({ status, count }) => ({ ...status, exits: count })),
});

const rowJson = ({ key, lineage, host, topName, lifetimes, zombieTimes, ...row }: GroupSummary) => ({
  key,
  ...(host !== undefined && { host }),
  ...(lineage && { lineage }),
  spawns: row.spawns,
  execs: row.execs,
  exits: row.exits,
  alive: row.alive,
  zombies: row.zombies,
  max_zombies: row.maxZombies,
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
    sum: row.runNs,
    histogram: lifetimes.histogram,
  },
  zombie_ns: zombieTimes,
  cpu_ns: {
    seen: row.cpu.seenNs,
    ...(row.cpu.childrenNs > 0n && { children: row.cpu.childrenNs }),
  },
  exit_status: exitStatusJson(row),
  top: topName && { comm: topName.name, spawns: topName.count },
});

const failingJson = ({ key, lineage, host, ...row }: GroupSummary) => ({
  key,
  ...(host !== undefined && { host }),
  ...(lineage && { lineage }),
  exit_status: exitStatusJson(row),
});

const groupJson = ({ rows, failing, keys, evicted }: GroupReport) => ({
  keys,
  evicted,
  rows: rows.map(rowJson),
  failing: failing.map(failingJson),
});

const loopJson = (loop: RestartLoopSummary) => ({
  comm: loop.comm,
  ...(loop.host !== undefined && { host: loop.host }),
  parent: loop.lineage,
  kind: loop.kind,
  count: loop.count,
  since_monotonic_ns: Math.round(loop.sinceNs),
  duration_ns: Math.round(loop.durationNs),
  period_ns: Math.round(loop.periodNs),
  first_period_ns: loop.firstPeriodNs === undefined ? undefined : Math.round(loop.firstPeriodNs),
  ...loopStatusOf(loop),
  crash_loop: loop.isCrashLoop,
  ongoing: loop.ongoing,
});

const diagnosticsJson = ({ count, first }: Diagnostics) => ({
  count,
  first: first.map(({ file, line, message }) => ({ file, line, why: message })),
});

/** Returns whether a grouping has data. A trace without cgroups has no groups by cgroup. */
const isKnown = (grouping: ReportGrouping, { rows }: GroupReport): boolean =>
  !cgroupGroupings.includes(grouping) || rows.some(({ key }) => key !== unknownKey);

/** Returns the report for `--json`. Durations are whole nanoseconds. */
export const reportJson = ({ metadata, stats }: Report, groupBy: ReportGrouping | undefined) => {
  const { coverage, groups } = stats;
  // Without arguments in the records, groups by command are those by comm.
  const shown = (
    groupBy === undefined
      ? reportGroupings.filter(
          (each) =>
            each !== 'command' &&
            (each !== 'host' || metadata.areHostsCounted) &&
            isKnown(each, groups[each]),
        )
      : [groupBy]
  ).map((each) => [each, groupJson(groups[each])]);
  return {
    report: 1,
    epistemic_status: 'DECLARED',
    hosts: metadata.hosts,
    until: metadata.untilNs === undefined ? undefined : formatRfc3339(metadata.untilNs),
    span_ns: stats.spanNs,
    filter: metadata.filter === '' ? undefined : metadata.filter,
    records: metadata.records,
    skipped: diagnosticsJson(metadata.skipped),
    notes: diagnosticsJson(metadata.warnings),
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
    total: rowJson(stats.total),
    by: Object.fromEntries(shown),
    restart_loops: stats.restartLoops.map(loopJson),
    zombies: stats.zombies.map(rowJson),
  };
};
