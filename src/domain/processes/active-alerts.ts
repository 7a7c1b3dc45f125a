import { groupDigits } from '../../util/format.ts';
import { RingBuffer } from '../../util/ring-buffer.ts';
import type { AlertRecord } from '../events/event.ts';

/** The evaluator raises fewer at a time, but a trace may contain any number. Beyond it the oldest is evicted. */
const maxActiveAlerts = 256;
/** Number of cleared alerts that are retained. */
const maxClearedAlerts = 100;

/** Returns the key of the condition of an alert. At most one alert is raised for it at a time. */
const conditionKeyOf = ({ rule, key }: AlertRecord): string => `${rule}\0${key ?? ''}`;

/** Returns the recorded value of an alert on a count; NaN for other units. */
export const recordedCount = ({ value }: AlertRecord): number => Number(value.replaceAll(',', ''));

/** The restart loop of a raised alert, and how many of its processes have exited since the alert was raised. */
type CountedLoop = { comm: string; parentPid: number; runs: number };

/** Returns the restart loop of an alert; undefined for another alert, or if its parent was not recorded. */
const loopOf = ({ key, comm = key, parent, period_ns }: AlertRecord): CountedLoop | undefined => {
  const pid = /\[(\d+)\]$/.exec(parent ?? '')?.[1];
  if (period_ns === undefined || comm === undefined || pid === undefined) return undefined;
  return { comm, parentPid: Number(pid), runs: 0 };
};

/** The content of `ActiveAlerts` as plain values, oldest first. */
export type AlertsSnapshot = {
  raised: AlertRecord[];
  loops: [key: string, loop: CountedLoop][];
  cleared: AlertRecord[];
  droppedCleared: number;
};

/** The alerts that are raised and not cleared, and the latest cleared ones. */
export class ActiveAlerts {
  readonly #alerts = new Map<string, AlertRecord>();
  /** The loops of the raised alerts, by the key of the alert. */
  readonly #loops = new Map<string, CountedLoop>();
  #cleared = new RingBuffer<AlertRecord>(maxClearedAlerts);
  #raisedTotal = 0;

  constructor(alerts: Iterable<AlertRecord> = []) {
    for (const alert of alerts) this.apply(alert);
  }

  /** Restores a snapshot. */
  static restore({ raised, loops, cleared, droppedCleared }: AlertsSnapshot): ActiveAlerts {
    const alerts = new ActiveAlerts(raised);
    for (const [key, loop] of loops) alerts.#loops.set(key, { ...loop });
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
    this.#remove(key);
    if (alert.ended) {
      this.#cleared.push(alert);
      return true;
    }
    this.#alerts.set(key, alert);
    const loop = loopOf(alert);
    if (loop) this.#loops.set(key, loop);
    this.#raisedTotal++;
    const [oldestKey] = this.#alerts.keys();
    if (this.#alerts.size > maxActiveAlerts) this.#remove(oldestKey as string);
    return true;
  }

  /** Counts an exit in the loops of its comm and parent. */
  countExit(comm: string, parentPid: number | undefined): void {
    for (const loop of this.#loops.values())
      if (loop.comm === comm && loop.parentPid === parentPid) loop.runs++;
  }

  /** Returns a raised alert with the number of processes in its loop until now. Other alerts are returned as they are. */
  withRuns(alert: AlertRecord): AlertRecord {
    const runs = this.#loops.get(conditionKeyOf(alert))?.runs ?? 0;
    const recorded = recordedCount(alert);
    return runs === 0 || Number.isNaN(recorded) ? alert : { ...alert, value: groupDigits(recorded + runs) };
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
    const loops = Array.from(this.#loops, ([key, loop]): [string, CountedLoop] => [key, { ...loop }]);
    return { raised: [...this], loops, cleared: [...this.#cleared], droppedCleared: this.#cleared.dropped };
  }

  /** Returns the alerts dated `nowNs`, as sent to a new subscriber. */
  snapshotRecords(nowNs: bigint): AlertRecord[] {
    return Array.from(this, (alert) => ({ ...this.withRuns(alert), monotonic_ns: nowNs }));
  }

  #remove(key: string): void {
    this.#alerts.delete(key);
    this.#loops.delete(key);
  }
}
