import { RingBuffer } from '../../util/ring-buffer.ts';
import type { AlertRecord } from '../events/event.ts';

/** The evaluator raises fewer at a time, but a trace may contain any number. Beyond it the oldest is evicted. */
const maxActiveAlerts = 256;
/** Number of cleared alerts that are retained. */
const maxClearedAlerts = 100;

/** Returns the key of the condition of an alert. At most one alert is raised for it at a time. */
const conditionKeyOf = ({ rule, key }: AlertRecord): string => `${rule}\0${key ?? ''}`;

/** The content of `ActiveAlerts` as plain values, oldest first. */
export type AlertsSnapshot = { raised: AlertRecord[]; cleared: AlertRecord[]; droppedCleared: number };

/** The alerts that are raised and not cleared, and the latest cleared ones. */
export class ActiveAlerts {
  readonly #alerts = new Map<string, AlertRecord>();
  #cleared = new RingBuffer<AlertRecord>(maxClearedAlerts);
  #raisedTotal = 0;

  constructor(alerts: Iterable<AlertRecord> = []) {
    for (const alert of alerts) this.apply(alert);
  }

  /** Restores a snapshot. */
  static restore({ raised, cleared, droppedCleared }: AlertsSnapshot): ActiveAlerts {
    const alerts = new ActiveAlerts(raised);
    alerts.#cleared = new RingBuffer(maxClearedAlerts, droppedCleared);
    for (const alert of cleared) alerts.#cleared.push(alert);
    return alerts;
  }

  get size(): number {
    return this.#alerts.size;
  }

  /** Number of alerts that `apply` raised, or that a restored snapshot has raised. */
  get raisedTotal(): number {
    return this.#raisedTotal;
  }

  /** Number of cleared alerts that are no longer retained. */
  get droppedCleared(): number {
    return this.#cleared.dropped;
  }

  /** Applies a record. Returns false for an alert that is already raised, as each rotated file repeats them. */
  apply(alert: AlertRecord): boolean {
    const key = conditionKeyOf(alert);
    const previous = this.#alerts.get(key);
    if (!alert.ended && previous?.since_monotonic_ns === alert.since_monotonic_ns) return false;
    this.#alerts.delete(key);
    if (alert.ended) {
      this.#cleared.push(alert);
      return true;
    }
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

  /** Returns the records of the retained cleared alerts, newest first. */
  cleared(): AlertRecord[] {
    return [...this.#cleared].reverse();
  }

  snapshot(): AlertsSnapshot {
    return { raised: [...this], cleared: [...this.#cleared], droppedCleared: this.#cleared.dropped };
  }

  /** Returns the alerts dated `nowNs`, as sent to a new subscriber. */
  snapshotRecords(nowNs: bigint): AlertRecord[] {
    return Array.from(this, (alert) => ({ ...alert, monotonic_ns: nowNs }));
  }
}
