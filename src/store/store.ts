import type { Batch } from '../domain/events/event.ts';
import type { ProcessId } from '../domain/events/process-id.ts';
import type { Guest } from '../domain/processes/guest.ts';
import { setLateArgs } from '../domain/processes/process-origin.ts';
import type { UsageReading } from '../domain/processes/process-usage.ts';
import { SystemState } from '../domain/processes/system-state.ts';
import type { EventSource, SourceInfo, SourceStatus } from '../domain/source/event-source.ts';
import type { ReplayStatus } from '../domain/source/replay-control.ts';
import { type ClockOffsets, withOffsets } from '../domain/source/wall-clock.ts';
import { type Action, type Effect, isEffect } from './actions/action.ts';
import { validateFilter, withFilterNotice } from './filter-validation.ts';
import { FleetModel } from './fleet/fleet-model.ts';
import { reduce } from './reducer.ts';
import { guestOf, type Snapshot, type StoreOptions, sourceKindOf } from './snapshot.ts';
import { withFilter } from './state/filter-input.ts';
import { initialState, isFleetWide, withHeaderRows } from './state/state.ts';
import { headerRowsOf } from './status-row.ts';
import { ChurnModel } from './views/churn-data.ts';

/** Delay of a frame for a new status or new state letters, ms. They change every second, when ages need a frame anyway. */
const statusDelayMs = 1_100;

/**
 * The state of the screen. Batches change the system state, actions change the view state, and listeners are notified when
 * a frame is to be drawn.
 */
export class Store {
  readonly #options: StoreOptions;
  readonly #listeners = new Set<() => void>();
  readonly #effectHandlers = new Set<(effect: Effect) => void>();
  readonly #churn = new ChurnModel();
  readonly #fleet: FleetModel | undefined;
  #liveSystem: SystemState;
  #snapshot: Snapshot;
  #renderedSnapshot: Snapshot;
  #recordCount = 0;
  #recordCountAtPause = 0;
  /** The scheduled draw function that is in force. Those that were scheduled before do nothing. */
  #pendingDraw: (() => void) | undefined;
  /** Whether the pending draw was scheduled without a delay. */
  #pendingIsUrgent = false;

  constructor(options: StoreOptions) {
    this.#options = options;
    const { fleet, nowMs } = options;
    this.#fleet = fleet && new FleetModel(fleet, nowMs);
    this.#liveSystem = new SystemState(options.maxLogEntries, this.#guest(options.info));
    const view = withFilterNotice(
      initialState(options.size ?? { columns: 80, rows: 24 }, {
        filterText: options.filter ?? '',
        sourceKind: sourceKindOf(options),
        keyOverrides: options.keyOverrides ?? new Map(),
        columns: options.columns,
        overview: options.overview ?? false,
        focusedGuest: fleet?.focused,
      }),
      options.info,
      this.#options,
    );
    this.#snapshot = this.#derive({
      view,
      system: this.#liveSystem,
      churn: this.#churn.dataFor(this.#liveSystem, view),
      info: options.info,
      userName: this.#guest(options.info).userName,
      status: undefined,
      replay: options.replay,
      fleet: undefined,
      recordsWhilePaused: 0,
      processDetails: undefined,
      recordingStatus: undefined,
      ended: undefined,
    });
    this.#renderedSnapshot = this.#snapshot;
  }

  /** Returns the current state. */
  readonly getSnapshot = (): Snapshot => this.#snapshot;

  /** Returns the state at the last notification. React would draw again if the value changed between notifications. */
  readonly getRenderedSnapshot = (): Snapshot => this.#renderedSnapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Adds a handler of effects. Returns a function that removes it. */
  readonly onEffect = (handler: (effect: Effect) => void): (() => void) => {
    this.#effectHandlers.add(handler);
    return () => this.#effectHandlers.delete(handler);
  };

  readonly dispatch = (action: Action): void => {
    if (isEffect(action)) {
      for (const handler of this.#effectHandlers) handler(action);
      return;
    }
    const before = this.#snapshot.view;
    const view = validateFilter(reduce(before, action, this.#snapshot), this.#snapshot.info, this.#options);
    const system = view.paused === before.paused ? this.#snapshot.system : this.#switchSystem(view.paused);
    this.#snapshot = this.#derive({
      ...this.#snapshot,
      view,
      system,
      recordsWhilePaused: this.#recordsWhilePaused(view.paused),
    });
    if (view.focusedGuest !== before.focusedGuest) {
      this.#snapshot = { ...this.#snapshot, status: undefined };
      this.#fleet?.focus(view.focusedGuest);
    }
    // Actions are drawn immediately; changes by the source wait for the next frame.
    this.#notify();
  };

  readonly ingest = (batch: Batch): void => {
    this.#liveSystem.apply(batch);
    this.#churn.ingest(batch);
    this.#recordCount += batch.records.length;
    this.#update({ recordsWhilePaused: this.#recordsWhilePaused(this.#snapshot.view.paused) });
  };

  readonly setStatus = (status: SourceStatus): void => {
    const before = this.#snapshot.status;
    this.#update({ status }, before === undefined || before.lastError !== status.lastError);
  };

  /** Applies a change of the guest's clocks. */
  readonly setClock = (offsets: ClockOffsets): void => {
    this.#liveSystem.guest.bootOffsetNs = offsets.bootOffsetNs;
    this.#update({ info: withOffsets(this.#snapshot.info, offsets) });
  };

  /** Remembers that guests of a fleet have changed. */
  readonly setFleet = (): void => {
    this.#fleet?.markChanged();
    this.#update({});
  };

  readonly setReplay = (replay: ReplayStatus): void => this.#update({ replay });

  /** Compiles an invalid filter again, after the regular expression engine was loaded. */
  readonly recompileFilter = (): void => {
    const { view, info } = this.#snapshot;
    if (view.filterError)
      this.#update({ view: withFilterNotice(withFilter(view, view.filterText), info, this.#options) }, true);
  };

  /** Replaces the system state, after a seek. The log follows new entries again. */
  readonly setSystem = (system: SystemState, info: SourceInfo): void => {
    this.#liveSystem = system.withGuest(this.#guest(info));
    this.#churn.restart(isFleetWide(this.#snapshot.view) ? new SystemState() : this.#liveSystem);
    const userName = this.#guest(info).userName;
    const { paused, filterText } = this.#snapshot.view;
    const view =
      userName === this.#snapshot.userName
        ? this.#snapshot.view
        : withFilterNotice(withFilter(this.#snapshot.view, filterText), info, this.#options);
    if (paused) this.#update({ info, userName, view });
    else this.#update({ info, userName, system: this.#liveSystem, view: { ...view, logBottom: undefined } });
  };

  /** Applies readings of what processes use. A process that was not read before is drawn at once. */
  readonly setUsage = (readings: ReadonlyMap<number, UsageReading>): void => {
    const { system, info } = this.#snapshot;
    this.#update({}, system.usage.update(readings, info.bootOffsetNs));
  };

  /** Applies the arguments of a fork, as read later than its spawn. */
  readonly setLateArgs = (process: ProcessId, args: readonly string[]): void => {
    const origin = this.#liveSystem.ancestry.find(process);
    if (!origin || !setLateArgs(origin, args)) return;
    this.#churn.setLateArgs(origin, args);
    this.#update({});
  };

  readonly setProcessDetails = (processDetails: Snapshot['processDetails']) =>
    this.#update({ processDetails });

  readonly setRecordingStatus = (recordingStatus: string | undefined): void => {
    if (recordingStatus !== this.#snapshot.recordingStatus) this.#update({ recordingStatus });
  };

  readonly setEnded = (ended: Error | 'end'): void => this.#update({ ended });

  /** Starts a source with this store as its listener. */
  connect(source: EventSource): void {
    source.start({
      onBatch: this.ingest,
      onStatus: this.setStatus,
      onError: this.setEnded,
      onEnd: () => this.setEnded('end'),
      onSystemState: this.setSystem,
      onReplayStatus: this.setReplay,
      onFleet: this.setFleet,
      onClock: this.setClock,
      onNotice: (text) => this.dispatch({ type: 'notify', text, tone: 'info' }),
    });
  }

  #guest(info: SourceInfo): Guest {
    return guestOf(info, this.#options, this.#snapshot?.view.focusedGuest);
  }

  /** Returns the system state to show: a copy while paused. */
  #switchSystem(paused: boolean): SystemState {
    this.#recordCountAtPause = this.#recordCount;
    this.#churn.freeze(paused);
    return paused ? this.#liveSystem.clone() : this.#liveSystem;
  }

  readonly #recordsWhilePaused = (paused: boolean): number =>
    paused ? this.#recordCount - this.#recordCountAtPause : 0;

  #update(change: Partial<Snapshot>, isUrgent = true): void {
    this.#snapshot = this.#derive({ ...this.#snapshot, ...change });
    if (this.#pendingDraw && (this.#pendingIsUrgent || !isUrgent)) return;
    const draw = () => {
      if (this.#pendingDraw === draw) this.#notify();
    };
    this.#pendingDraw = draw;
    this.#pendingIsUrgent = isUrgent;
    if (this.#options.schedule) this.#options.schedule(draw, isUrgent ? 0 : statusDelayMs);
    else draw();
  }

  /** Updates the parts that depend on the other parts: the rows of the header and the statistics. */
  #derive(snapshot: Snapshot): Snapshot {
    const fleet = snapshot.fleet ?? this.#fleet?.dataFor(snapshot.view, true);
    const view = withHeaderRows(snapshot.view, headerRowsOf({ ...snapshot, fleet }));
    // The merged log has the events of several guests, so its statistics are those of none.
    const shown = isFleetWide(view) ? { ...view, activeView: 'hosts' as const } : view;
    const churn = this.#churn.dataFor(snapshot.system, shown);
    return { ...snapshot, fleet, view, churn };
  }

  /** Notifies the listeners, and cancels a pending draw. Guests are read here, once for a frame with new data. */
  #notify(): void {
    const fleet = this.#fleet?.dataFor(this.#snapshot.view, this.#pendingDraw !== undefined);
    if (fleet !== this.#snapshot.fleet) this.#snapshot = this.#derive({ ...this.#snapshot, fleet });
    this.#pendingDraw = undefined;
    this.#renderedSnapshot = this.#snapshot;
    for (const listener of this.#listeners) listener();
  }
}
