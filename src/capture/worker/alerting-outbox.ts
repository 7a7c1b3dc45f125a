import { AlertEvaluator } from '../../domain/alerts/evaluator.ts';
import type { AlertRule } from '../../domain/alerts/rule.ts';
import type { ChurnRecord } from '../../domain/events/event.ts';
import type { Outbox } from './outbox.ts';

/**
 * Wraps an outbox so that it evaluates alert rules. Without rules it returns the outbox itself.
 * `suppressed` returns how many alerts are not reported because too many are raised; undefined without rules.
 */
export const withAlerts = (
  outbox: Outbox,
  rules: readonly AlertRule[],
  nowNs: () => bigint,
): { outbox: Outbox; suppressed: () => number | undefined } => {
  if (rules.length === 0) return { outbox, suppressed: () => undefined };
  const alerting = new AlertingOutbox(outbox, rules, nowNs);
  return { outbox: alerting, suppressed: () => alerting.suppressed };
};

/**
 * Inserts alert records after the records that caused them. It runs on the sampling thread, so that every receiver gets
 * the alerts in order, and a stalled screen misses none.
 */
class AlertingOutbox implements Outbox {
  readonly #outbox: Outbox;
  readonly #evaluator: AlertEvaluator;
  readonly #nowNs: () => bigint;

  constructor(outbox: Outbox, rules: readonly AlertRule[], nowNs: () => bigint) {
    this.#outbox = outbox;
    this.#evaluator = new AlertEvaluator(rules);
    this.#nowNs = nowNs;
  }

  get dropped(): number {
    return this.#outbox.dropped;
  }

  get queued(): number {
    return this.#outbox.queued;
  }

  get suppressed(): number {
    return this.#evaluator.suppressed;
  }

  put(record: ChurnRecord): void {
    this.#evaluator.apply(record);
    this.#outbox.put(record);
  }

  flush(nowMs: number): void {
    for (const alert of this.#evaluator.evaluate(this.#nowNs())) this.#outbox.put(alert);
    this.#outbox.flush(nowMs);
  }

  close(nowMs: number): void {
    this.#outbox.close(nowMs);
  }
}
