import type { ExitedEvent, GapRecord, ZombieEvent } from '../../../domain/events/event.ts';
import { isFailure, isStatusKnown } from '../../../domain/events/exit-status.ts';
import type { TraceRecord } from '../../../domain/events/record.ts';
import { ActiveAlerts } from '../../../domain/processes/active-alerts.ts';
import { BoundedMap } from '../../../util/bounded-map.ts';
import type { DensityKind } from './density.ts';

/** A shorter pause of the sampler is no gap worth a stop, ns. */
const minPauseNs = 1_000_000_000n;
/** Failures of one comm, or missed tasks, that follow each other more closely belong to one landmark, ns. */
const minQuietNs = 10_000_000_000n;
/** Maximum number of comms whose last failure is remembered. */
const maxComms = 4096;

const isPause = ({ reason, from_monotonic_ns, to_monotonic_ns }: GapRecord): boolean =>
  reason === 'stalled' && to_monotonic_ns - from_monotonic_ns < minPauseNs;

/** Decides how the records of a trace are counted, and which are landmarks. Records must be passed in order. */
export class RecordClassifier {
  readonly #alerts = new ActiveAlerts();
  readonly #lastFailures = new Map<string, bigint>();
  #lastMissedNs: bigint | undefined;
  /** Start ticks of the zombies whose failure was counted, by PID. */
  readonly #failedZombies = new BoundedMap<number | undefined>();
  /** Time of the last process that was alive at the start of a recording. */
  #discoveredNs: bigint | undefined;
  /** Whether the exit or zombie that was counted last is a failure that was not counted before. */
  #isNewFailure = false;
  /** Whether the alert record that was applied last was new. Rotated files repeat those that are raised. */
  #isNewAlert = false;

  /** Returns the kinds as which a record is counted. Call it once for each record, before `landmarkOf`. */
  kindsOf(record: TraceRecord): readonly DensityKind[] {
    switch (record.probe_source) {
      case 'process.spawned':
        if (record.initial) this.#discoveredNs = record.guest_monotonic_ns;
        return record.initial ? [] : ['spawns'];
      case 'process.zombie':
        return this.#countFailure(record) ? ['failures'] : [];
      case 'process.exited':
        if (this.#countFailure(record)) return ['exits', 'failures'];
        return isStatusKnown(record) ? ['exits'] : ['exits', 'unknownExits'];
      case 'trace.gap':
        return isPause(record) ? [] : ['gaps'];
      case 'trace.note':
        return ['notes'];
      case 'trace.alert': {
        const before = this.#alerts.size;
        this.#isNewAlert = this.#alerts.apply(record);
        if (record.ended) return this.#alerts.size < before ? ['cleared'] : [];
        return this.#isNewAlert ? ['alerts'] : [];
      }
      default:
        return [];
    }
  }

  /**
   * Returns whether a record is a landmark: an alert, failure, note or gap. It is `repeated` if it follows a failure of the
   * same comm, or missed tasks, closely.
   */
  landmarkOf(record: TraceRecord, atNs: bigint): 'first' | 'repeated' | undefined {
    switch (record.probe_source) {
      case 'trace.alert':
        return this.#isNewAlert && !record.ended ? 'first' : undefined;
      case 'trace.note':
        return 'first';
      case 'trace.gap':
        if (isPause(record)) return undefined;
        return record.reason !== 'unseen' || this.#isFirstMissed(atNs) ? 'first' : 'repeated';
      case 'process.zombie':
      case 'process.exited':
        if (!this.#isNewFailure) return undefined;
        return this.#isFirstFailure(record.guest_comm, atNs) ? 'first' : 'repeated';
      default:
        return undefined;
    }
  }

  /** Returns whether a record is a failed exit. A zombie failed when it became one, and not again when it is reaped. */
  #countFailure(record: ZombieEvent | ExitedEvent): boolean {
    const { guest_pid: pid, start_ticks } = record;
    this.#isNewFailure = isFailure(record);
    if (!this.#isNewFailure) return false;
    const isCounted = this.#failedZombies.has(pid) && this.#failedZombies.get(pid) === start_ticks;
    if (record.probe_source === 'process.exited') this.#failedZombies.take(pid);
    // It is not known when a process failed that was found as a zombie, so its exit counts.
    const isFound = record.probe_source === 'process.zombie' && this.#isDiscovery(record);
    this.#isNewFailure = !isCounted && !isFound;
    if (this.#isNewFailure && record.probe_source === 'process.zombie')
      this.#failedZombies.set(pid, start_ticks);
    return this.#isNewFailure;
  }

  #isDiscovery({ guest_monotonic_ns }: ZombieEvent): boolean {
    return this.#discoveredNs !== undefined && guest_monotonic_ns <= this.#discoveredNs;
  }

  #isFirstMissed(atNs: bigint): boolean {
    const last = this.#lastMissedNs;
    this.#lastMissedNs = atNs;
    return last === undefined || atNs - last >= minQuietNs;
  }

  #isFirstFailure(comm: string, atNs: bigint): boolean {
    const last = this.#lastFailures.get(comm);
    this.#lastFailures.delete(comm);
    this.#lastFailures.set(comm, atNs);
    const [oldest] = this.#lastFailures.keys();
    if (this.#lastFailures.size > maxComms) this.#lastFailures.delete(oldest as string);
    return last === undefined || atNs - last >= minQuietNs;
  }
}
