import type { ChurnRecord } from '../../domain/events/event.ts';
import type { FleetControl } from '../../domain/fleet/fleet-control.ts';
import type { FleetLink, LinkListener } from '../../domain/fleet/fleet-link.ts';
import type { GuestSummary, LinkState } from '../../domain/fleet/guest-summary.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import type { EventSource, SourceInfo, SourceListener } from '../../domain/source/event-source.ts';
import { formatCount } from '../../util/format.ts';
import { type FleetClock, systemFleetClock } from './fleet-clock.ts';
import { FleetGuest, type GuestSink } from './fleet-guest.ts';
import { MergedLog } from './merged-log.ts';
import { pauseAhead } from './pause-ahead.ts';
import { summarize } from './summarize.ts';

export type FleetSourceOptions = {
  /** Description of the guests, in place of a host name. Default: their number. */
  name?: string;
  clock?: FleetClock;
  /** The guest that is shown at the start. Default: none. */
  focused?: string | undefined;
};

/** Interval at which the merged log is released, ms. */
const tickMs = 100;
/** Interval at which figures change without records, in ticks. */
const ticksPerSecond = 10;
/** How long entries wait for those of other guests, ms: senders collect records for 250 ms, and these take time to arrive. */
const holdMs = 500;
/** Invalid lines in a row after which a guest is not read. */
const maxSkipped = 1000;
/** Maximum number of entries that wait for those of other guests. Beyond it the earliest do not wait. */
const maxWaiting = 100_000;
/** States of a connection that was lost. The last line of its bytes may be torn. */
const lostStates: readonly LinkState[] = ['reconnecting', 'failed', 'ended'];

/**
 * A source of several guests over a link. Each guest has a reader and a light state of its own. Without a focus the
 * listener receives the merged log; with one, the state of the guest and its records.
 */
export class FleetSource implements EventSource {
  readonly fleet: FleetControl;
  readonly #link: FleetLink;
  readonly #clock: FleetClock;
  readonly #name: string | undefined;
  readonly #guests = new Map<string, FleetGuest>();
  readonly #merged = new MergedLog();
  #summaries: readonly GuestSummary[] | undefined;
  #listener: SourceListener | undefined;
  #focused: FleetGuest | undefined;
  #cancelTick: (() => void) | undefined;
  #ticks = 0;
  /** Whether the state of a guest has changed since the last tick. */
  #isChanged = false;
  #stopped: Promise<void> | undefined;

  constructor(link: FleetLink, { name, clock = systemFleetClock, focused }: FleetSourceOptions = {}) {
    this.#link = link;
    this.#name = name;
    this.#clock = clock;
    this.fleet = this.#createControl();
    if (focused !== undefined) this.#focused = this.#add(focused);
  }

  /** The facts about all guests, or about the focused one. The merged log has wall times. */
  get info(): SourceInfo {
    if (this.#focused) return this.#focused.info;
    return {
      host: this.#name ?? formatCount(this.#guests.size, 'guest'),
      bootId: 'unknown',
      pidNamespace: 'unknown',
      bootOffsetNs: 0n,
      pidMax: undefined,
      wallOffsetNs: 0n,
      trace: this.#name ?? 'guests',
    };
  }

  start(listener: SourceListener): void {
    this.#listener = listener;
    listener.onSystemState?.(this.#shownState(), this.info);
    this.#link.start(this.#linkListener());
    this.#scheduleTick();
  }

  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      this.#listener = undefined;
      this.#cancelTick?.();
      await this.#link.stop();
    })();
    return this.#stopped;
  }

  #createControl(): FleetControl {
    const source = this;
    return {
      guests: () => source.#summarizeAll(),
      get focused() {
        return source.#focused?.id;
      },
      focus: (id) => source.#focus(id),
      details: (id) => source.#guests.get(id)?.details(),
    };
  }

  #linkListener(): LinkListener {
    return {
      onGuest: (id) => void this.#add(id),
      onState: (id, state, reason) => this.#setState(id, state, reason),
      onBytes: (id, chunk) => this.#receive(id, chunk),
      onLoss: (id, events) => this.#guests.get(id)?.lose(events),
      onNotice: (text) => this.#listener?.onNotice?.(text),
      onError: (error) => {
        this.#cancelTick?.();
        this.#listener?.onError(error);
      },
    };
  }

  readonly #sink: GuestSink = {
    onRestart: (guest) => {
      if (guest === this.#focused) this.#listener?.onSystemState?.(this.#stateOf(guest), guest.info);
    },
    onEntry: (guest, atNs, entry) => this.#merged.add(guest, atNs, entry),
    onRecords: (guest, records) => this.#deliver(guest, records),
    onClock: (guest, offsets) => {
      if (guest === this.#focused) this.#listener?.onClock?.(offsets);
    },
  };

  #receive(id: string, chunk: Uint8Array): void {
    const guest = this.#guests.get(id);
    if (!guest || !this.#listener) return;
    const { recorded } = this.#link;
    guest.receive(chunk, recorded ? undefined : this.#clock);
    if (guest.state === 'connecting') this.#setState(id, 'live');
    if (recorded) this.#release();
  }

  #add(id: string): FleetGuest {
    // In a recording, valid lines may follow any damage.
    const limit = this.#link.recorded ? undefined : maxSkipped;
    const guest = this.#guests.get(id) ?? new FleetGuest(id, this.#sink, limit);
    this.#guests.set(id, guest);
    this.#isChanged = true;
    return guest;
  }

  #setState(id: string, state: LinkState, reason?: string): void {
    const guest = this.#guests.get(id);
    if (!guest) return;
    if (lostStates.includes(state)) guest.disconnect();
    guest.state = state;
    guest.reason = reason;
    this.#isChanged = true;
    if (!this.#isOver()) return;
    this.#cancelTick?.();
    this.#summaries = undefined;
    this.#release(true);
    if (this.#focused) this.#listener?.onFleet?.();
    this.#listener?.onEnd?.();
  }

  /** Returns whether all recordings were read. A guest that is not a recording may return. */
  #isOver(): boolean {
    const isOver = ({ state }: FleetGuest) => state === 'ended' || state === 'failed';
    return this.#link.recorded === true && [...this.#guests.values()].every(isOver);
  }

  #deliver(guest: FleetGuest, records: readonly ChurnRecord[]): void {
    if (guest === this.#focused) this.#listener?.onBatch({ nowNs: guest.fold.nowNs, records });
  }

  #focus(id: string | undefined): void {
    const guest = id === undefined ? undefined : this.#guests.get(id);
    if (guest === this.#focused) return;
    this.#focused = guest;
    this.#listener?.onSystemState?.(this.#shownState(), this.info);
    this.#listener?.onFleet?.();
  }

  #shownState(): SystemState {
    return this.#focused ? this.#stateOf(this.#focused) : this.#merged.state;
  }

  #stateOf(guest: FleetGuest): SystemState {
    const userName = String;
    const { bootOffsetNs } = guest.info;
    return guest.fold.systemState({ bootOffsetNs, userName }, this.#merged.logOf(guest));
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#clock.schedule(tickMs, () => {
      this.#tick();
      if (this.#listener) this.#scheduleTick();
    });
  }

  #tick(): void {
    const isSecond = this.#ticks++ % ticksPerSecond === 0;
    const isChanged = isSecond || this.#isChanged;
    this.#isChanged = false;
    if (isChanged) this.#summaries = undefined;
    if (isSecond && this.#focused && !this.#link.recorded) this.#advance(this.#focused);
    this.#release(isChanged);
    if (isChanged && this.#focused) this.#listener?.onFleet?.();
  }

  /** Advances the time of the focused guest, which may be idle for up to 10 s. */
  #advance(guest: FleetGuest): void {
    const nowNs = guest.estimatedNowNs(this.#clock) - BigInt(holdMs) * 1_000_000n;
    if (guest.state === 'live' && nowNs > guest.fold.nowNs) this.#listener?.onBatch({ nowNs, records: [] });
  }

  /**
   * Adds entries to the merged log, up to the time until which it is complete. `always`: calls the listener also if there
   * is none.
   */
  #release(always = false): void {
    const released = this.#merged.release(
      this.#completeUntilNs(),
      this.#link.recorded ? Number.POSITIVE_INFINITY : maxWaiting,
    );
    if (this.#link.recorded) pauseAhead(this.#guests.values(), this.#link);
    if (!this.#focused && (released > 0 || always)) this.#listener?.onFleet?.();
  }

  /** Returns the wall time up to which all guests have sent their records, ns. A silent guest delays no other. */
  #completeUntilNs(): number {
    if (!this.#link.recorded) return Number(this.#clock.wallNs()) - holdMs * 1e6;
    let untilNs = Number.POSITIVE_INFINITY;
    for (const { state, lastAtNs } of this.#guests.values())
      if (state !== 'ended' && state !== 'failed') untilNs = Math.min(untilNs, lastAtNs);
    return untilNs;
  }

  #summarizeAll(): readonly GuestSummary[] {
    const clock = this.#link.recorded ? undefined : this.#clock;
    this.#summaries ??= Array.from(this.#guests.values(), (guest) => summarize(guest, clock));
    return this.#summaries;
  }
}
