import { type AlertRecord, type ChurnRecord, isProbeEvent } from '../events/event.ts';
import { recordTimeNs } from '../events/record.ts';
import { RateCounter } from '../processes/rate-counter.ts';
import { ChurnStats } from '../stats/churn-stats.ts';
import { type AlertInputs, metricValues } from './metric-values.ts';
import { findMetric, type Metric, type MetricName, units } from './metrics.ts';
import { type AlertRule, comparisonOperators, durationNsOf, formatRule, limitOf } from './rule.ts';

const evaluationIntervalNs = 1_000_000_000n;
/** One figure over the limit may be chance. */
const minEvaluations = 2;
/** So far back from the limit it is over at once, and after so long on the right side of it as well. */
const clearRatio = 0.8;
const clearAfterNs = 5_000_000_000n;
/** The same is not raised again before. */
const minRepeatNs = 60_000_000_000n;
/** Alerts raised at once; what else holds waits, and is counted. */
export const maxRaised = 32;
/** Keys followed because they are, or were lately, over a limit. */
const maxTrackedKeys = 4096;
/** A figure of its own for so many keys of a grouping, and living processes known. */
const statsLimits = { maxGroups: 1024, maxProcesses: 1 << 16 };

type CompiledRule = {
  rule: AlertRule;
  text: string;
  metric: Metric;
  limit: number;
  durationNs: bigint;
};

/** A key over a limit, or that was. */
type TrackedKey = {
  rule: CompiledRule;
  key: string | undefined;
  /** Since when it has been over, and at how many evaluations in a row. */
  exceededSinceNs: bigint;
  evaluations: number;
  value: number;
  worst: number;
  /** Since when it has not been over. */
  withinLimitSinceNs: bigint | undefined;
  raised: boolean;
  raisedNs: bigint | undefined;
  /** The evaluation that saw it last. */
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

/** How far beyond its limit, as a ratio: it ranks alerts of different metrics. */
const severity = ({ rule, value }: TrackedKey): number =>
  alertsAboveLimit(rule) ? value / Math.max(rule.limit, 1e-9) : rule.limit / Math.max(value, 1e-9);

const isClear = (rule: CompiledRule, value: number): boolean =>
  alertsAboveLimit(rule) ? value <= rule.limit * clearRatio : value >= rule.limit / clearRatio;

/**
 * Holds rules against what churns, once a second, and says when one has come to hold and when it no longer does. What
 * flutters around its limit is told once: it takes two evaluations to raise, a clear distance or some time to end,
 * and a minute to raise again. Time comes in from outside.
 */
export class AlertEvaluator {
  readonly #rules: readonly CompiledRule[];
  readonly #inputs: AlertInputs = {
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

  /** What holds just now and is not told, because too much is. */
  get suppressed(): number {
    return this.#suppressed;
  }

  apply(record: ChurnRecord): void {
    const { stats, exits, missed } = this.#inputs;
    stats.apply(record);
    if (record.probe_source === 'process.exited') exits.add(record.guest_monotonic_ns);
    else if (!isProbeEvent(record) && record.probe_source === 'trace.gap' && record.tasks)
      missed.add(recordTimeNs(record), record.tasks);
  }

  /** What there is to tell by `nowNs` (CLOCK_MONOTONIC); nothing where the last evaluation was less than a second ago. */
  evaluate(nowNs: bigint): AlertRecord[] {
    if (nowNs < this.#nextEvaluationNs) return [];
    this.#nextEvaluationNs = nowNs + evaluationIntervalNs;
    this.#evaluation++;
    this.#suppressed = 0;
    const { stats, exits, missed } = this.#inputs;
    stats.advance(nowNs);
    exits.advance(nowNs);
    missed.advance(nowNs);
    this.#updateTracked(nowNs);
    return [...this.#clearAlerts(nowNs), ...this.#raiseAlerts(nowNs)];
  }

  #updateTracked(nowNs: bigint): void {
    for (const [index, rule] of this.#rules.entries()) {
      const isOver = comparisonOperators[rule.rule.operator];
      for (const { id, key, value } of metricValues[rule.metric.name as MetricName](
        this.#inputs,
        rule.rule.groupBy,
      )) {
        const over = isOver(value, rule.limit);
        const place = `${index} ${id}`;
        const known = this.#tracked.get(place);
        const followed = known ?? (over ? this.#track(place, rule, key, nowNs) : undefined);
        if (!followed) continue;
        followed.lastEvaluation = this.#evaluation;
        followed.value = value;
        if (over) recordExceeded(followed, nowNs);
        else followed.withinLimitSinceNs ??= nowNs;
      }
    }
    for (const followed of this.#tracked.values())
      if (followed.lastEvaluation !== this.#evaluation) followed.withinLimitSinceNs ??= nowNs;
  }

  #track(place: string, rule: CompiledRule, key: string | undefined, nowNs: bigint): TrackedKey | undefined {
    if (this.#tracked.size >= maxTrackedKeys) {
      this.#suppressed++;
      return undefined;
    }
    const followed: TrackedKey = {
      rule,
      key,
      exceededSinceNs: nowNs,
      evaluations: 0,
      value: 0,
      worst: Number.NaN,
      withinLimitSinceNs: undefined,
      raised: false,
      raisedNs: undefined,
      lastEvaluation: this.#evaluation,
    };
    this.#tracked.set(place, followed);
    return followed;
  }

  #clearAlerts(nowNs: bigint): AlertRecord[] {
    const ended: AlertRecord[] = [];
    for (const [place, followed] of this.#tracked) {
      const { rule, withinLimitSinceNs, value, lastEvaluation, raised, raisedNs } = followed;
      if (withinLimitSinceNs === undefined) continue;
      const clear = lastEvaluation === this.#evaluation && isClear(rule, value);
      if (raised && (clear || nowNs - withinLimitSinceNs >= clearAfterNs)) {
        followed.raised = false;
        this.#raisedCount--;
        ended.push({ ...toAlertRecord(followed, followed.worst, nowNs), ended: true });
      }
      const remembered = followed.raised || (raisedNs !== undefined && nowNs - raisedNs < minRepeatNs);
      if (!remembered) this.#tracked.delete(place);
    }
    return ended;
  }

  /** The worst first. */
  #raiseAlerts(nowNs: bigint): AlertRecord[] {
    const due = [...this.#tracked.values()].filter((followed) => shouldRaise(followed, nowNs));
    due.sort((a, b) => severity(b) - severity(a));
    const room = Math.max(0, maxRaised - this.#raisedCount);
    this.#suppressed += Math.max(0, due.length - room);
    return due.slice(0, room).map((followed) => {
      followed.raised = true;
      followed.raisedNs = nowNs;
      this.#raisedCount++;
      return toAlertRecord(followed, followed.value, nowNs);
    });
  }
}

/** It is over its limit, again or still. */
const recordExceeded = (followed: TrackedKey, nowNs: bigint): void => {
  const { rule, value } = followed;
  if (followed.withinLimitSinceNs !== undefined && !followed.raised) {
    followed.exceededSinceNs = nowNs;
    followed.evaluations = 0;
    followed.worst = Number.NaN;
  }
  followed.withinLimitSinceNs = undefined;
  followed.evaluations++;
  const { worst } = followed;
  if (Number.isNaN(worst) || (alertsAboveLimit(rule) ? value > worst : value < worst)) followed.worst = value;
};

const shouldRaise = (followed: TrackedKey, nowNs: bigint): boolean => {
  const { rule, raised, raisedNs, withinLimitSinceNs, evaluations, exceededSinceNs } = followed;
  if (raised || withinLimitSinceNs !== undefined || evaluations < minEvaluations) return false;
  return (
    nowNs - exceededSinceNs >= rule.durationNs && (raisedNs === undefined || nowNs - raisedNs >= minRepeatNs)
  );
};

const toAlertRecord = (
  { rule, key, exceededSinceNs }: TrackedKey,
  value: number,
  nowNs: bigint,
): AlertRecord => ({
  probe_source: 'trace.alert',
  rule: rule.text,
  ...(key !== undefined && { key }),
  value: units[rule.metric.unit].format(value),
  since_monotonic_ns: exceededSinceNs,
  monotonic_ns: nowNs,
});
