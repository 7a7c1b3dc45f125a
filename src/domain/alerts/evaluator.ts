import { roundNs } from '../../util/time.ts';
import { type AlertRecord, type ChurnRecord, isProbeEvent } from '../events/event.ts';
import { recordTimeNs } from '../events/record.ts';
import { RateCounter, secondOf } from '../processes/rate-counter.ts';
import { ChurnStats } from '../stats/churn-stats.ts';
import type { RestartLoopSummary } from '../stats/loops/loop-summary.ts';
import { loopFields } from './loop-fields.ts';
import { type AlertInputs, metricValues } from './metric-values.ts';
import { findMetric, type Metric, type MetricName, units } from './metrics.ts';
import { type AlertRule, comparisonOperators, durationNsOf, formatRule, limitOf } from './rule.ts';

const evaluationIntervalNs = 1_000_000_000n;
/** Number of evaluations in a row that must exceed the limit, because a single one may be chance. */
const minEvaluations = 2;
/** Fraction of the limit at which an alert is cleared at once. */
const clearRatio = 0.8;
/** How long the value must be within the limit before an alert is cleared, ns. */
const clearAfterNs = 5_000_000_000n;
/** Minimum time between two alerts of the same rule and key, ns. */
const minRepeatNs = 60_000_000_000n;
/** Maximum number of alerts raised at once. Further ones are suppressed. */
export const maxRaised = 32;
/** Maximum number of tracked keys. */
const maxTrackedKeys = 4096;
const statsLimits = { maxGroups: 1024, maxProcesses: 1 << 16 };

type CompiledRule = {
  rule: AlertRule;
  text: string;
  metric: Metric;
  /** In the base unit of the metric. */
  limit: number;
  durationNs: bigint;
};

/** A rule and key that exceeds the limit, or did so recently. */
type TrackedKey = {
  rule: CompiledRule;
  key: string | undefined;
  exceededSinceNs: bigint;
  /** Number of evaluations in a row at which the value exceeded the limit. */
  evaluations: number;
  value: number;
  /** The restart loop whose length is the value. */
  loop: RestartLoopSummary | undefined;
  /** The value farthest from the limit; NaN before the first one. */
  worst: number;
  /** Undefined while the value exceeds the limit. */
  withinLimitSinceNs: bigint | undefined;
  raised: boolean;
  /** Time at which the alert was last raised. */
  raisedNs: bigint | undefined;
  /** Number of the last evaluation that had a value for the key. */
  lastEvaluation: number;
};

const compileRule = (rule: AlertRule): CompiledRule => ({
  rule,
  text: formatRule(rule),
  metric: findMetric(rule.metric) as Metric,
  limit: limitOf(rule),
  durationNs: durationNsOf(rule),
});

const alertsAboveLimit = ({ rule }: CompiledRule): boolean => rule.operator.startsWith('>');

/** Returns the ratio of value and limit, which ranks alerts of different metrics. */
const severity = ({ rule, value }: TrackedKey): number =>
  alertsAboveLimit(rule) ? value / Math.max(rule.limit, 1e-9) : rule.limit / Math.max(value, 1e-9);

const isClear = (rule: CompiledRule, value: number): boolean =>
  alertsAboveLimit(rule) ? value <= rule.limit * clearRatio : value >= rule.limit / clearRatio;

/**
 * Evaluates rules once a second, and raises and clears alerts. A value that moves around its limit raises one alert:
 * raising takes two evaluations, clearing takes a distance from the limit or five seconds, and the same alert is raised
 * at most once a minute. The caller supplies the time.
 */
export class AlertEvaluator {
  readonly #rules: readonly CompiledRule[];
  readonly #inputs: AlertInputs & { stats: ChurnStats } = {
    stats: new ChurnStats(statsLimits),
    exits: new RateCounter(),
    missed: new RateCounter(),
  };
  readonly #tracked = new Map<string, TrackedKey>();
  #raisedCount = 0;
  #suppressed = 0;
  #evaluation = 0;
  #nextEvaluationNs = 0n;

  constructor(rules: readonly AlertRule[]) {
    this.#rules = rules.map(compileRule);
  }

  /** Number of alerts whose condition is true, but which are not raised because too many are raised already. */
  get suppressed(): number {
    return this.#suppressed;
  }

  /** Counts a record in the statistics that the metrics are computed from. */
  apply(record: ChurnRecord): void {
    const { stats, exits, missed } = this.#inputs;
    stats.apply(record);
    if (record.probe_source === 'process.exited') exits.add(secondOf(record.guest_monotonic_ns));
    else if (!isProbeEvent(record) && record.probe_source === 'trace.gap' && record.tasks)
      missed.add(secondOf(recordTimeNs(record)), record.tasks);
  }

  /**
   * Returns the alerts raised and cleared at `nowNs` (CLOCK_MONOTONIC). Returns none if the last evaluation was less
   * than a second ago.
   */
  evaluate(nowNs: bigint): AlertRecord[] {
    if (nowNs < this.#nextEvaluationNs) return [];
    this.#nextEvaluationNs = nowNs + evaluationIntervalNs;
    this.#evaluation++;
    this.#suppressed = 0;
    const { stats, exits, missed } = this.#inputs;
    stats.advance(nowNs);
    exits.advance(secondOf(nowNs));
    missed.advance(secondOf(nowNs));
    this.#updateTracked(nowNs);
    return [...this.#clearAlerts(nowNs), ...this.#raiseAlerts(nowNs)];
  }

  #updateTracked(nowNs: bigint): void {
    for (const [index, rule] of this.#rules.entries()) {
      const { operator, groupBy } = rule.rule;
      const exceedsLimit = comparisonOperators[operator];
      const values = metricValues[rule.metric.name as MetricName](this.#inputs, groupBy);
      for (const { id, key, value, loop } of values) {
        const exceeded = exceedsLimit(value, rule.limit);
        const trackedId = `${index} ${id}`;
        const known = this.#tracked.get(trackedId);
        const tracked = known ?? (exceeded ? this.#track(trackedId, { rule, key, nowNs }) : undefined);
        if (!tracked) continue;
        tracked.lastEvaluation = this.#evaluation;
        tracked.value = value;
        if (exceeded) tracked.loop = loop;
        if (exceeded) recordExceeded(tracked, nowNs);
        else tracked.withinLimitSinceNs ??= nowNs;
      }
    }
    for (const tracked of this.#tracked.values())
      if (tracked.lastEvaluation !== this.#evaluation) tracked.withinLimitSinceNs ??= nowNs;
  }

  #track(
    id: string,
    { rule, key, nowNs }: { rule: CompiledRule; key: string | undefined; nowNs: bigint },
  ): TrackedKey | undefined {
    if (this.#tracked.size >= maxTrackedKeys) {
      this.#suppressed++;
      return undefined;
    }
    const tracked: TrackedKey = {
      rule,
      key,
      exceededSinceNs: nowNs,
      evaluations: 0,
      value: 0,
      loop: undefined,
      worst: Number.NaN,
      withinLimitSinceNs: undefined,
      raised: false,
      raisedNs: undefined,
      lastEvaluation: this.#evaluation,
    };
    this.#tracked.set(id, tracked);
    return tracked;
  }

  #clearAlerts(nowNs: bigint): AlertRecord[] {
    const cleared: AlertRecord[] = [];
    for (const [id, tracked] of this.#tracked) {
      const { rule, withinLimitSinceNs, value, lastEvaluation, raised, raisedNs } = tracked;
      if (withinLimitSinceNs === undefined) continue;
      const clear = lastEvaluation === this.#evaluation && isClear(rule, value);
      if (raised && (clear || nowNs - withinLimitSinceNs >= clearAfterNs)) {
        tracked.raised = false;
        this.#raisedCount--;
        cleared.push({ ...toAlertRecord(tracked, tracked.worst, nowNs), ended: true });
      }
      const isRecent = tracked.raised || (raisedNs !== undefined && nowNs - raisedNs < minRepeatNs);
      if (!isRecent) this.#tracked.delete(id);
    }
    return cleared;
  }

  /** Raises the alerts that are due, worst first, up to the maximum. Counts the others as suppressed. */
  #raiseAlerts(nowNs: bigint): AlertRecord[] {
    const due = [...this.#tracked.values()].filter((tracked) => shouldRaise(tracked, nowNs));
    due.sort((a, b) => severity(b) - severity(a));
    const room = Math.max(0, maxRaised - this.#raisedCount);
    this.#suppressed += Math.max(0, due.length - room);
    return due.slice(0, room).map((tracked) => {
      tracked.raised = true;
      tracked.raisedNs = nowNs;
      this.#raisedCount++;
      return toAlertRecord(tracked, tracked.value, nowNs);
    });
  }
}

/** Updates a key whose value exceeds the limit. */
const recordExceeded = (tracked: TrackedKey, nowNs: bigint): void => {
  const { rule, value } = tracked;
  if (tracked.withinLimitSinceNs !== undefined && !tracked.raised) {
    tracked.exceededSinceNs = nowNs;
    tracked.evaluations = 0;
    tracked.worst = Number.NaN;
  }
  tracked.withinLimitSinceNs = undefined;
  tracked.evaluations++;
  const { worst } = tracked;
  if (Number.isNaN(worst) || (alertsAboveLimit(rule) ? value > worst : value < worst)) tracked.worst = value;
};

const shouldRaise = (tracked: TrackedKey, nowNs: bigint): boolean => {
  const { rule, raised, raisedNs, withinLimitSinceNs, evaluations, exceededSinceNs } = tracked;
  if (raised || withinLimitSinceNs !== undefined || evaluations < minEvaluations) return false;
  return (
    nowNs - exceededSinceNs >= rule.durationNs && (raisedNs === undefined || nowNs - raisedNs >= minRepeatNs)
  );
};

const toAlertRecord = (
  { rule, key, exceededSinceNs, loop }: TrackedKey,
  value: number,
  nowNs: bigint,
): AlertRecord => ({
  probe_source: 'trace.alert',
  rule: rule.text,
  ...(key !== undefined && { key }),
  value: units[rule.metric.unit].format(value),
  ...(loop && loopFields(loop, key)),
  since_monotonic_ns: loop ? roundNs(loop.sinceNs) : exceededSinceNs,
  monotonic_ns: nowNs,
});
