import type { AlertRecord } from '../events/event.ts';

/** A watch raises fewer at once; but a trace may be anyone's, so beyond this the oldest goes. */
const maxActiveAlerts = 256;

const alertKey = ({ rule, key }: AlertRecord): string => `${rule}\0${key ?? ''}`;

/** The alerts that hold, as the records tell of them. */
export class ActiveAlerts {
  readonly #alerts = new Map<string, AlertRecord>();
  #raisedTotal = 0;

  constructor(alerts: Iterable<AlertRecord> = []) {
    for (const alert of alerts) this.apply(alert);
  }

  get size(): number {
    return this.#alerts.size;
  }

  /** Raised so far. */
  get raisedTotal(): number {
    return this.#raisedTotal;
  }

  /** Whether it is news: who begins to listen late, or opens a part of a trace, is told again of what is raised. */
  apply(alert: AlertRecord): boolean {
    const place = alertKey(alert);
    const known = this.#alerts.get(place);
    if (!alert.ended && known?.since_monotonic_ns === alert.since_monotonic_ns) return false;
    this.#alerts.delete(place);
    if (alert.ended) return true;
    this.#alerts.set(place, alert);
    this.#raisedTotal++;
    const [oldest] = this.#alerts.keys();
    if (this.#alerts.size > maxActiveAlerts) this.#alerts.delete(oldest as string);
    return true;
  }

  [Symbol.iterator](): Iterator<AlertRecord> {
    return this.#alerts.values();
  }

  /** Newest first; those of one moment as they were told, the worst first. */
  list(): AlertRecord[] {
    return [...this].toSorted((a, b) => Number(b.monotonic_ns - a.monotonic_ns));
  }

  /** As whoever begins to listen now is told of them. */
  snapshotRecords(nowNs: bigint): AlertRecord[] {
    return Array.from(this, (alert) => ({ ...alert, monotonic_ns: nowNs }));
  }
}
