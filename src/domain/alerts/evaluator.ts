import { type AlertRecord, type ChurnRecord, isProbeEvent } from '../events/event.ts';
import { timeOf } from '../events/record.ts';
import { Rates } from '../processes/rate-counter.ts';
import { ChurnStats } from '../stats/churn-stats.ts';
import { readings, type Sight } from './metric-values.ts';
import { type Metric, type MetricName, metricNamed, units } from './metrics.ts';
import { comparisons, holdOf, limitOf, printRule, type Rule } from './rule.ts';

const everyNs = 1_000_000_000n;
/** One figure over the limit may be chance. */
const leastLooks = 2;
/** So far back from the limit it is over at once, and after so long on the right side of it as well. */
const clearShare = 0.8;
const clearAfterNs = 5_000_000_000n;
/** The same is not raised again before. */
const repeatNs = 60_000_000_000n;
/** Alerts raised at once; what else holds waits, and is counted. */
export const mostRaised = 32;
/** Keys followed because they are, or were lately, over a limit. */
const mostFollowed = 4096;
/** A figure of its own for so many keys of a grouping, and living processes known. */
const size = { keys: 1024, lives: 1 << 16 };

type Prepared = {
  rule: Rule;
  text: string;
  metric: Metric;
  limit: number;
  holdNs: bigint;
};

/** A key over a limit, or that was. */
type Followed = {
  rule: Prepared;
  key: string | undefined;
  /** Since when it has been over, and at how many evaluations in a row. */
  sinceNs: bigint;
  looks: number;
  value: number;
  worst: number;
  /** Since when it has not been over. */
  belowNs: bigint | undefined;
  raised: boolean;
  raisedNs: bigint | undefined;
  /** The evaluation that saw it last. */
  turn: number;
};

const prepare = (rule: Rule): Prepared => ({
  rule,
  text: printRule(rule),
  metric: metricNamed(rule.metric) as Metric,
  limit: limitOf(rule),
  holdNs: holdOf(rule),
});

const asksForMore = ({ rule }: Prepared): boolean => rule.comparison.startsWith('>');

/** How far beyond its limit, as a ratio: it ranks alerts of different metrics. */
const severity = ({ rule, value }: Followed): number =>
  asksForMore(rule) ? value / Math.max(rule.limit, 1e-9) : rule.limit / Math.max(value, 1e-9);

const isClear = (rule: Prepared, value: number): boolean =>
  asksForMore(rule) ? value <= rule.limit * clearShare : value >= rule.limit / clearShare;

/**
 * Holds rules against what churns, once a second, and says when one has come to hold and when it no longer does. What
 * flutters around its limit is told once: it takes two evaluations to raise, a clear distance or some time to end,
 * and a minute to raise again. Time comes in from outside.
 */
export class AlertWatch {
  readonly #rules: readonly Prepared[];
  readonly #sight: Sight = { stats: new ChurnStats(size), exits: new Rates(), unseen: new Rates() };
  readonly #followed = new Map<string, Followed>();
  #raised = 0;
  #heldBack = 0;
  #turn = 0;
  #dueNs = 0n;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules.map(prepare);
  }

  /** What holds just now and is not told, because too much is. */
  get heldBack(): number {
    return this.#heldBack;
  }

  apply(record: ChurnRecord): void {
    const { stats, exits, unseen } = this.#sight;
    stats.apply(record);
    if (record.probe_source === 'process.exited') exits.count(record.guest_monotonic_ns);
    else if (!isProbeEvent(record) && record.probe_source === 'trace.gap' && record.tasks)
      unseen.count(timeOf(record), record.tasks);
  }

  /** What there is to tell by `nowNs` (CLOCK_MONOTONIC); nothing where the last evaluation was less than a second ago. */
  evaluate(nowNs: bigint): AlertRecord[] {
    if (nowNs < this.#dueNs) return [];
    this.#dueNs = nowNs + everyNs;
    this.#turn++;
    this.#heldBack = 0;
    const { stats, exits, unseen } = this.#sight;
    stats.advance(nowNs);
    exits.advance(nowNs);
    unseen.advance(nowNs);
    this.#look(nowNs);
    return [...this.#ended(nowNs), ...this.#begun(nowNs)];
  }

  #look(nowNs: bigint): void {
    for (const [index, rule] of this.#rules.entries()) {
      const isOver = comparisons[rule.rule.comparison];
      for (const { id, key, value } of readings[rule.metric.name as MetricName](this.#sight, rule.rule.by)) {
        const over = isOver(value, rule.limit);
        const place = `${index} ${id}`;
        const known = this.#followed.get(place);
        const followed = known ?? (over ? this.#follow(place, rule, key, nowNs) : undefined);
        if (!followed) continue;
        followed.turn = this.#turn;
        followed.value = value;
        if (over) goOn(followed, nowNs);
        else followed.belowNs ??= nowNs;
      }
    }
    for (const followed of this.#followed.values())
      if (followed.turn !== this.#turn) followed.belowNs ??= nowNs;
  }

  #follow(place: string, rule: Prepared, key: string | undefined, nowNs: bigint): Followed | undefined {
    if (this.#followed.size >= mostFollowed) {
      this.#heldBack++;
      return undefined;
    }
    const followed: Followed = {
      rule,
      key,
      sinceNs: nowNs,
      looks: 0,
      value: 0,
      worst: Number.NaN,
      belowNs: undefined,
      raised: false,
      raisedNs: undefined,
      turn: this.#turn,
    };
    this.#followed.set(place, followed);
    return followed;
  }

  #ended(nowNs: bigint): AlertRecord[] {
    const ended: AlertRecord[] = [];
    for (const [place, followed] of this.#followed) {
      const { rule, belowNs, value, turn, raised, raisedNs } = followed;
      if (belowNs === undefined) continue;
      const clear = turn === this.#turn && isClear(rule, value);
      if (raised && (clear || nowNs - belowNs >= clearAfterNs)) {
        followed.raised = false;
        this.#raised--;
        ended.push({ ...recordOf(followed, followed.worst, nowNs), ended: true });
      }
      const remembered = followed.raised || (raisedNs !== undefined && nowNs - raisedNs < repeatNs);
      if (!remembered) this.#followed.delete(place);
    }
    return ended;
  }

  /** The worst first. */
  #begun(nowNs: bigint): AlertRecord[] {
    const due = [...this.#followed.values()].filter((followed) => isDue(followed, nowNs));
    due.sort((a, b) => severity(b) - severity(a));
    const room = Math.max(0, mostRaised - this.#raised);
    this.#heldBack += Math.max(0, due.length - room);
    return due.slice(0, room).map((followed) => {
      followed.raised = true;
      followed.raisedNs = nowNs;
      this.#raised++;
      return recordOf(followed, followed.value, nowNs);
    });
  }
}

/** It is over its limit, again or still. */
const goOn = (followed: Followed, nowNs: bigint): void => {
  const { rule, value } = followed;
  if (followed.belowNs !== undefined && !followed.raised) {
    followed.sinceNs = nowNs;
    followed.looks = 0;
    followed.worst = Number.NaN;
  }
  followed.belowNs = undefined;
  followed.looks++;
  const { worst } = followed;
  if (Number.isNaN(worst) || (asksForMore(rule) ? value > worst : value < worst)) followed.worst = value;
};

const isDue = (followed: Followed, nowNs: bigint): boolean => {
  const { rule, raised, raisedNs, belowNs, looks, sinceNs } = followed;
  if (raised || belowNs !== undefined || looks < leastLooks) return false;
  return nowNs - sinceNs >= rule.holdNs && (raisedNs === undefined || nowNs - raisedNs >= repeatNs);
};

const recordOf = ({ rule, key, sinceNs }: Followed, value: number, nowNs: bigint): AlertRecord => ({
  probe_source: 'trace.alert',
  rule: rule.text,
  ...(key !== undefined && { key }),
  value: units[rule.metric.unit].print(value),
  since_monotonic_ns: sinceNs,
  monotonic_ns: nowNs,
});
