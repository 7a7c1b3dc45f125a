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
import type { SourceKind } from './keys/binding.ts';
import { reduce } from './reducer.ts';
import type { Snapshot, StoreOptions } from './snapshot.ts';
import { rejectUnavailable, type UnavailableField, withFilter } from './state/filter-input.ts';
import { initialState, type ViewState, withHeaderRows } from './state/state.ts';
import { needsStatusRow } from './status-row.ts';
import { ChurnModel } from './views/churn-data.ts';

/** Delay of a frame for a new status or new state letters, ms. They change every second, when ages need a frame anyway. */
const statusDelayMs = 1_100;

const sourceKindOf = ({ replay, info }: StoreOptions): SourceKind => {
  if (replay) return 'replay';
  return info.trace === undefined ? 'live' : 'pipe';
};

/**
 * The state of the screen. Batches change the system state, actions change the view state, and listeners are notified when
 * a frame is to be drawn.
 */
export class Store {
  readonly #options: StoreOptions;
  readonly #listeners = new Set<() => void>();
  readonly #effectHandlers = new Set<(effect: Effect) => void>();
  readonly #churn = new ChurnModel();
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
    this.#liveSystem = new SystemState(options.maxLogEntries, this.#guest(options.info));
    const view = this.#withFilterNotice(
      initialState(options.size ?? { columns: 80, rows: 24 }, {
        filterText: options.filter ?? '',
        sourceKind: sourceKindOf(options),
        keyOverrides: options.keyOverrides ?? new Map(),
        columns: options.columns,
        overview: options.overview ?? false,
      }),
      options.info,
    );
    this.#snapshot = this.#derive({
      view,
      system: this.#liveSystem,
      churn: this.#churn.dataFor(this.#liveSystem, view),
      info: options.info,
      userName: this.#userName(options.info),
      status: undefined,
      replay: options.replay,
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
    const view = this.#validateFilter(reduce(before, action, this.#snapshot), this.#snapshot.info);
    const system = view.paused === before.paused ? this.#snapshot.system : this.#switchSystem(view.paused);
    this.#snapshot = this.#derive({
      ...this.#snapshot,
      view,
      system,
      recordsWhilePaused: this.#recordsWhilePaused(view.paused),
    });
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

  readonly setReplay = (replay: ReplayStatus): void => this.#update({ replay });

  /** Compiles an invalid filter again, after the regular expression engine was loaded. */
  readonly recompileFilter = (): void => {
    const { view, info } = this.#snapshot;
    if (view.filterError)
      this.#update({ view: this.#withFilterNotice(withFilter(view, view.filterText), info) }, true);
  };

  /** Replaces the system state, after a seek. The log follows new entries again. */
  readonly setSystem = (system: SystemState, info: SourceInfo): void => {
    this.#liveSystem = system.withGuest(this.#guest(info));
    this.#churn.restart(this.#liveSystem);
    const userName = this.#userName(info);
    const { paused, filterText } = this.#snapshot.view;
    const view =
      userName === this.#snapshot.userName
        ? this.#snapshot.view
        : this.#withFilterNotice(withFilter(this.#snapshot.view, filterText), info);
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
    if (origin && setLateArgs(origin, args)) this.#update({});
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
      onClock: this.setClock,
      onNotice: (text) => this.dispatch({ type: 'notify', text, tone: 'info' }),
    });
  }

  #userName(info: SourceInfo): (uid: number) => string {
    return this.#options.usersOf?.(info) ?? String;
  }

  /** Rejects a filter on data that the source does not have. */
  #validateFilter(view: ViewState, info: SourceInfo): ViewState {
    const { usersOf } = this.#options;
    const unavailable: UnavailableField[] = [];
    if (usersOf && !usersOf(info)) unavailable.push('firstUserName');
    if (!info.cgroups) unavailable.push('firstCgroup');
    return rejectUnavailable(view, unavailable);
  }

  /** Validates the filter, with a notice if it is rejected while the input line is closed. */
  #withFilterNotice(before: ViewState, info: SourceInfo): ViewState {
    const view = this.#validateFilter(before, info);
    if (view === before || view.mode === 'filter') return view;
    const text = `filter off: ${view.filterError?.error}`;
    return { ...view, notice: { text, tone: 'error' } };
  }

  #guest(info: SourceInfo): Guest {
    const { bootOffsetNs } = info;
    return { bootOffsetNs, userName: this.#userName(info) };
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
    const view = withHeaderRows(snapshot.view, {
      hasAlertRow: snapshot.system.activeAlerts.size > 0,
      hasStatusRow: needsStatusRow(snapshot),
    });
    return { ...snapshot, view, churn: this.#churn.dataFor(snapshot.system, view) };
  }

  /** Notifies the listeners, and cancels a pending draw. */
  #notify(): void {
    this.#pendingDraw = undefined;
    this.#renderedSnapshot = this.#snapshot;
    for (const listener of this.#listeners) listener();
  }
}
