import type { CaptureMode, ExitedEvent, GapReason, GapRecord, SpawnedEvent } from '../events/event.ts';
import { isFailure, isStatusKnown } from '../events/exit-status.ts';
import { RateCounter, secondOf } from '../processes/rate-counter.ts';
import { CommCounts } from './comm-counts.ts';

/** Window of the failure rate, in seconds. */
const failureSeconds = 10;

/** What the events of one recorder add up to. Nothing is allocated before the first event. */
export class GuestCounters {
  mode: CaptureMode | undefined;
  spawned = 0;
  exited = 0;
  failed = 0;
  /** Exits with a known status. */
  known = 0;
  /** Records lost. */
  lost = 0;
  readonly lostByReason = new Map<GapReason, number>();
  readonly spawns = new RateCounter();
  readonly exits = new RateCounter();
  readonly failures = new RateCounter(failureSeconds);
  readonly comms = new CommCounts();
  #missed = 0;
  #isMissedKnown = false;

  constructor(mode: CaptureMode | undefined) {
    this.mode = mode;
  }

  /** Tasks missed; undefined if the sampler cannot count them. */
  get missed(): number | undefined {
    const canCount = this.mode !== undefined && this.mode !== 'walk';
    return canCount || this.#isMissedKnown ? this.#missed : undefined;
  }

  countSpawn({ guest_comm, guest_monotonic_ns }: SpawnedEvent): void {
    this.spawned++;
    this.spawns.add(secondOf(guest_monotonic_ns));
    this.comms.countSpawn(guest_comm);
  }

  countExit(event: ExitedEvent): void {
    const second = secondOf(event.guest_monotonic_ns);
    this.exited++;
    this.exits.add(second);
    this.comms.countExit(event);
    if (isStatusKnown(event)) this.known++;
    if (!isFailure(event)) return;
    this.failed++;
    this.failures.add(second);
  }

  addGap({ reason, tasks, events, capture_mode }: GapRecord): void {
    this.mode = capture_mode ?? this.mode;
    this.#missed += tasks ?? 0;
    this.lost += events ?? 0;
    if (reason === 'unseen') this.#isMissedKnown = true;
    this.lostByReason.set(reason, (this.lostByReason.get(reason) ?? 0) + (tasks ?? events ?? 0));
  }
}
