import type { AlertRecord } from '../events/event.ts';

/** The evaluator raises fewer at a time, but a trace may contain any number. Beyond it the oldest is evicted. */
const maxActiveAlerts = 256;

const alertKey = ({ rule, key }: AlertRecord): string => `${rule}\0${key ?? ''}`;

/** The alerts that are raised and not cleared. */
export class ActiveAlerts {
  readonly #alerts = new Map<string, AlertRecord>();
  #raisedTotal = 0;

  constructor(alerts: Iterable<AlertRecord> = []) {
    for (const alert of alerts) this.apply(alert);
  }

  get size(): number {
    return this.#alerts.size;
  }

  /** Number of alerts raised so far. */
  get raisedTotal(): number {
    return this.#raisedTotal;
  }

  /** Applies a record. Returns false for an alert that is already raised, as each rotated file repeats them. */
  apply(alert: AlertRecord): boolean {
    const key = alertKey(alert);
    const previous = this.#alerts.get(key);
    if (!alert.ended && previous?.since_monotonic_ns === alert.since_monotonic_ns) return false;
    this.#alerts.delete(key);
    if (alert.ended) return true;
    this.#alerts.set(key, alert);
    this.#raisedTotal++;
    const [oldestKey] = this.#alerts.keys();
    if (this.#alerts.size > maxActiveAlerts) this.#alerts.delete(oldestKey as string);
    return true;
  }

  [Symbol.iterator](): Iterator<AlertRecord> {
    return this.#alerts.values();
  }

  /** Returns the alerts, newest first. Alerts of one evaluation stay in the order raised, worst first. */
  list(): AlertRecord[] {
    return [...this].toSorted((a, b) => Number(b.monotonic_ns - a.monotonic_ns));
  }

  /** Returns the alerts dated `nowNs`, as sent to a new subscriber. */
  snapshotRecords(nowNs: bigint): AlertRecord[] {
    return Array.from(this, (alert) => ({ ...alert, monotonic_ns: nowNs }));
  }
}
