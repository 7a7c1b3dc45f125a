import type { Batch } from '../domain/events/event.ts';
import type { Guest } from '../domain/processes/guest.ts';
import { SystemState } from '../domain/processes/system-state.ts';
import type {
  EventSource,
  ProcessDetails,
  SourceInfo,
  SourceStatus,
  UserNameResolver,
} from '../domain/source/event-source.ts';
import type { ReplayStatus } from '../domain/source/replay-control.ts';
import type { Action, Effect } from './actions/action.ts';
import type { Size } from './actions/geometry.ts';
import type { KeyOverrides, SourceKind } from './keys/binding.ts';
import { reduce } from './reducer.ts';
import { rejectUnavailable, type UnavailableField, withFilter } from './state/filter-input.ts';
import { initialState, type ViewState, withAlertRow } from './state/state.ts';
import { type ChurnData, ChurnModel } from './views/churn-data.ts';
import type { ProcessColumn } from './views/process-columns.ts';
/** What one frame is drawn from. A new object whenever anything changed. */
export type Snapshot = {
  view: ViewState;
  /** The world on screen: the live one, or the one frozen by a pause. */
  system: SystemState;
  churn: ChurnData;
  info: SourceInfo;
  /** A name for a numeric user of this guest, or the number. */
  userName: (uid: number) => string;
  status: SourceStatus | undefined;
  /** Only of a source in which time can be travelled. */
  replay: ReplayStatus | undefined;
  /** Records that came while paused. */
  recordsWhilePaused: number;
  /** Kernel state letters by PID, of the processes last asked for. */
  states: ReadonlyMap<number, string>;
  /** What was read last of the process whose details are on screen. */
  procReadout: { key: string; facts: ProcessDetails | undefined } | undefined;
  /** How the recording goes; undefined while there is none. */
  recordingStatus: string | undefined;
  /** Why the source ended, if it did. */
  ended: Error | 'end' | undefined;
};

export type StoreOptions = {
  info: SourceInfo;
  replay?: ReplayStatus | undefined;
  size?: Size;
  /** A filter to start with. */
  filter?: string;
  /** The user's own keys. */
  keyOverrides?: KeyOverrides | undefined;
  /** Of the table of processes; without it, all there is room for. */
  columns?: readonly ProcessColumn['id'][] | undefined;
  /** Names of a guest's users; without it users are numbers. */
  usersOf?: UserNameResolver;
  maxLogEntries?: number;
  /**
   * Run `draw` once, at the next moment a frame may be drawn, and not before `patienceMs` have gone by: the store notifies at
   * most once a frame.
   */
  schedule?: (draw: () => void, patienceMs: number) => void;
};

/** What the sampler says of itself and of states changes each second, and so do ages: it can wait for their frame, ms. */
const maxStatusDelayMs = 1_100;

const effectTypes: ReadonlySet<Action['type']> = new Set<Effect['type']>([
  'dump',
  'record',
  'redraw',
  'copy',
  'suspend',
  'quit',
  'replay',
  'find',
  'jump',
  'note',
]);
const isEffect = (action: Action): action is Effect => effectTypes.has(action.type);

const sourceKindOf = ({ replay, info }: StoreOptions): SourceKind => {
  if (replay) return 'replay';
  return info.trace === undefined ? 'live' : 'pipe';
};

/** The one place where state changes: batches fold into the world, actions into the view, and frames are announced. */
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
  /** The next frame: nothing else that was scheduled draws. */
  #pendingDraw: (() => void) | undefined;
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
      }),
      options.info,
    );
    this.#snapshot = {
      view,
      system: this.#liveSystem,
      churn: this.#churn.dataFor(this.#liveSystem, view),
      info: options.info,
      userName: this.#userName(options.info),
      status: undefined,
      replay: options.replay,
      recordsWhilePaused: 0,
      states: new Map(),
      procReadout: undefined,
      recordingStatus: undefined,
      ended: undefined,
    };
    this.#renderedSnapshot = this.#snapshot;
  }

  /** What is known by now. */
  readonly getSnapshot = (): Snapshot => this.#snapshot;

  /** What listeners were told last: React draws again by itself where this changes unannounced. */
  readonly getRenderedSnapshot = (): Snapshot => this.#renderedSnapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Hear what keys ask of the outside. */
  readonly onEffect = (carrier: (effect: Effect) => void): (() => void) => {
    this.#effectHandlers.add(carrier);
    return () => this.#effectHandlers.delete(carrier);
  };

  readonly dispatch = (action: Action): void => {
    if (isEffect(action)) {
      for (const carrier of this.#effectHandlers) carrier(action);
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
    // A key is answered at once; what the source brings waits for the next frame.
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

  readonly setReplay = (replay: ReplayStatus): void => this.#update({ replay });

  /** Another moment: the log follows it again. */
  readonly setSystem = (world: SystemState, info: SourceInfo): void => {
    this.#liveSystem = world.withGuest(this.#guest(info));
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

  readonly setStates = (states: ReadonlyMap<number, string>): void => {
    const before = this.#snapshot.states;
    this.#update(
      { states },
      [...states.keys()].some((pid) => !before.has(pid)),
    );
  };

  readonly setProcReadout = (procReadout: Snapshot['procReadout']): void => this.#update({ procReadout });

  readonly setRecordingStatus = (recordingStatus: string | undefined): void => {
    if (recordingStatus !== this.#snapshot.recordingStatus) this.#update({ recordingStatus });
  };

  readonly setEnded = (ended: Error | 'end'): void => this.#update({ ended });

  /** Let a source feed this store. */
  connect(source: EventSource): void {
    source.start({
      onBatch: this.ingest,
      onStatus: this.setStatus,
      onError: this.setEnded,
      onEnd: () => this.setEnded('end'),
      onSystemState: this.setSystem,
      onReplayStatus: this.setReplay,
      onNotice: (text) => this.dispatch({ type: 'notify', text, tone: 'info' }),
    });
  }

  #userName(info: SourceInfo): (uid: number) => string {
    return this.#options.usersOf?.(info) ?? String;
  }

  #validateFilter(view: ViewState, info: SourceInfo): ViewState {
    const { usersOf } = this.#options;
    const unknown: UnavailableField[] = [];
    if (usersOf && !usersOf(info)) unknown.push('firstUserName');
    if (!info.cgroups) unknown.push('firstCgroup');
    return rejectUnavailable(view, unknown);
  }

  /** A filter that is put out of force while nobody types must not go silently. */
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

  #switchSystem(paused: boolean): SystemState {
    this.#recordCountAtPause = this.#recordCount;
    this.#churn.freeze(paused);
    return paused ? this.#liveSystem.clone() : this.#liveSystem;
  }

  #recordsWhilePaused(paused: boolean): number {
    return paused ? this.#recordCount - this.#recordCountAtPause : 0;
  }

  #update(change: Partial<Snapshot>, hurry = true): void {
    this.#snapshot = this.#derive({ ...this.#snapshot, ...change });
    if (this.#pendingDraw && (this.#pendingIsUrgent || !hurry)) return;
    const draw = () => {
      if (this.#pendingDraw === draw) this.#notify();
    };
    this.#pendingDraw = draw;
    this.#pendingIsUrgent = hurry;
    if (this.#options.schedule) this.#options.schedule(draw, hurry ? 0 : maxStatusDelayMs);
    else draw();
  }

  /** What follows from the world on screen: room for its alerts, and its statistics. */
  #derive(snapshot: Snapshot): Snapshot {
    const view = withAlertRow(snapshot.view, snapshot.system.activeAlerts.size > 0);
    return { ...snapshot, view, churn: this.#churn.dataFor(snapshot.system, view) };
  }

  /** All that has come so far is drawn: a frame that was due for it is not. */
  #notify(): void {
    this.#pendingDraw = undefined;
    this.#renderedSnapshot = this.#snapshot;
    for (const listener of this.#listeners) listener();
  }
}
