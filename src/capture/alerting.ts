import type { Rule } from '../domain/alerts/rule.ts';
import { AlertWatch } from '../domain/alerts/watch.ts';
import type { Outbox } from './outbox.ts';

/**
 * An outbox that puts alerts among the records that pass: on the sampling thread, so whoever listens gets them in
 * their place, and a screen that stands still misses none.
 */
export const alerting = (outbox: Outbox, rules: readonly Rule[], now: () => bigint) => {
  if (rules.length === 0) return { outbox, heldBack: () => undefined };
  const watch = new AlertWatch(rules);
  const watched: Outbox = {
    dropped() {
      return outbox.dropped();
    },
    held() {
      return outbox.held();
    },
    put(record) {
      watch.apply(record);
      outbox.put(record);
    },
    flush(nowMs) {
      for (const alert of watch.evaluate(now())) outbox.put(alert);
      outbox.flush(nowMs);
    },
    close: (nowMs) => outbox.close(nowMs),
  };
  return { outbox: watched, heldBack: () => watch.heldBack };
};
