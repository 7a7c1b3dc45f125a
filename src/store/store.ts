import type { Batch } from '../domain/events/event.ts';
import type { Guest } from '../domain/processes/guest.ts';
import { World } from '../domain/processes/system-state.ts';
import type {
  EventSource,
  ProcessFacts,
  SourceInfo,
  SourceStatus,
  UsersOf,
} from '../domain/source/event-source.ts';
import type { ReplayStatus } from '../domain/source/replay-control.ts';
import type { Action, Effect } from './actions/action.ts';
import type { Size } from './actions/geometry.ts';
import type { Rebound, Watched } from './keys/binding.ts';
import { reduce } from './reducer.ts';
import { type Unknown, withFilter, without } from './state/filter-input.ts';
import { initialState, type ViewState, withAlerts } from './state/state.ts';
import { Churn, type ChurnScene } from './views/churn-data.ts';
import type { Column } from './views/process-columns.ts';
/** What one frame is drawn from. A new object whenever anything changed. */
export type Snapshot = {
  view: ViewState;
  /** The world on screen: the live one, or the one frozen by a pause. */
  world: World;
  churn: ChurnScene;
  info: SourceInfo;
  /** A name for a numeric user of this guest, or the number. */
  userName: (uid: number) => string;
  status: SourceStatus | undefined;
  /** Only of a source in which time can be travelled. */
  replay: ReplayStatus | undefined;
  /** Records that came while paused. */
  missed: number;
  /** Kernel state letters by PID, of the processes last asked for. */
  states: ReadonlyMap<number, string>;
  /** What was read last of the process whose details are on screen. */
  about: { key: string; facts: ProcessFacts | undefined } | undefined;
  /** How the recording goes; undefined while there is none. */
  recording: string | undefined;
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
  rebound?: Rebound | undefined;
  /** Of the table of processes; without it, all there is room for. */
  columns?: readonly Column['id'][] | undefined;
  /** Names of a guest's users; without it users are numbers. */
  usersOf?: UsersOf;
  history?: number;
  /**
   * Run `draw` once, at the next moment a frame may be drawn, and not before `patienceMs` have gone by: the store notifies at
   * most once a frame.
   */
  schedule?: (draw: () => void, patienceMs: number) => void;
};

/** What the sampler says of itself and of states changes each second, and so do ages: it can wait for their frame, ms. */
const patienceMs = 1_100;

const effects: ReadonlySet<Action['type']> = new Set<Effect['type']>([
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
const isEffect = (action: Action): action is Effect => effects.has(action.type);

const watchedBy = ({ replay, info }: StoreOptions): Watched => {
  if (replay) return 'replay';
  return info.trace === undefined ? 'live' : 'pipe';
};

/** The one place where state changes: batches fold into the world, actions into the view, and frames are announced. */
export class Store {
  readonly #options: StoreOptions;
  readonly #listeners = new Set<() => void>();
  readonly #carriers = new Set<(effect: Effect) => void>();
  readonly #churn = new Churn();
  #live: World;
  #snapshot: Snapshot;
  #frame: Snapshot;
  #records = 0;
  #recordsAtPause = 0;
  /** The next frame: nothing else that was scheduled draws. */
  #next: (() => void) | undefined;
  #hurried = false;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#live = new World(options.history, this.#guest(options.info));
    const view = this.#told(
      initialState(options.size ?? { columns: 80, rows: 24 }, {
        filterText: options.filter ?? '',
        watched: watchedBy(options),
        rebound: options.rebound ?? new Map(),
        columns: options.columns,
      }),
      options.info,
    );
    this.#snapshot = {
      view,
      world: this.#live,
      churn: this.#churn.look(this.#live, view),
      info: options.info,
      userName: this.#userName(options.info),
      status: undefined,
      replay: options.replay,
      missed: 0,
      states: new Map(),
      about: undefined,
      recording: undefined,
      ended: undefined,
    };
    this.#frame = this.#snapshot;
  }

  /** What is known by now. */
  readonly getSnapshot = (): Snapshot => this.#snapshot;

  /** What listeners were told last: React draws again by itself where this changes unannounced. */
  readonly getFrame = (): Snapshot => this.#frame;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Hear what keys ask of the outside. */
  readonly onEffect = (carrier: (effect: Effect) => void): (() => void) => {
    this.#carriers.add(carrier);
    return () => this.#carriers.delete(carrier);
  };

  readonly dispatch = (action: Action): void => {
    if (isEffect(action)) {
      for (const carrier of this.#carriers) carrier(action);
      return;
    }
    const before = this.#snapshot.view;
    const view = this.#judging(reduce(before, action, this.#snapshot), this.#snapshot.info);
    const world = view.paused === before.paused ? this.#snapshot.world : this.#shown(view.paused);
    this.#snapshot = this.#looked({ ...this.#snapshot, view, world, missed: this.#missed(view.paused) });
    // A key is answered at once; what the source brings waits for the next frame.
    this.#notify();
  };

  readonly ingest = (batch: Batch): void => {
    this.#live.apply(batch);
    this.#churn.ingest(batch);
    this.#records += batch.records.length;
    this.#change({ missed: this.#missed(this.#snapshot.view.paused) });
  };

  readonly setStatus = (status: SourceStatus): void => {
    const before = this.#snapshot.status;
    this.#change({ status }, before === undefined || before.trouble !== status.trouble);
  };

  readonly setReplay = (replay: ReplayStatus): void => this.#change({ replay });

  /** Another moment: the log follows it again. */
  readonly setWorld = (world: World, info: SourceInfo): void => {
    this.#live = world.of(this.#guest(info));
    this.#churn.restart(this.#live);
    const userName = this.#userName(info);
    const { paused, filterText } = this.#snapshot.view;
    const view =
      userName === this.#snapshot.userName
        ? this.#snapshot.view
        : this.#told(withFilter(this.#snapshot.view, filterText), info);
    if (paused) this.#change({ info, userName, view });
    else this.#change({ info, userName, world: this.#live, view: { ...view, logBottom: undefined } });
  };

  readonly setStates = (states: ReadonlyMap<number, string>): void => {
    const before = this.#snapshot.states;
    this.#change(
      { states },
      [...states.keys()].some((pid) => !before.has(pid)),
    );
  };

  readonly setAbout = (about: Snapshot['about']): void => this.#change({ about });

  readonly setRecording = (recording: string | undefined): void => {
    if (recording !== this.#snapshot.recording) this.#change({ recording });
  };

  readonly setEnded = (ended: Error | 'end'): void => this.#change({ ended });

  /** Let a source feed this store. */
  listen(source: EventSource): void {
    source.start({
      onBatch: this.ingest,
      onStatus: this.setStatus,
      onError: this.setEnded,
      onEnd: () => this.setEnded('end'),
      onWorld: this.setWorld,
      onReplay: this.setReplay,
      onNotice: (text) => this.dispatch({ type: 'notify', text, tone: 'info' }),
    });
  }

  #userName(info: SourceInfo): (uid: number) => string {
    return this.#options.usersOf?.(info) ?? String;
  }

  #judging(view: ViewState, info: SourceInfo): ViewState {
    const { usersOf } = this.#options;
    const unknown: Unknown[] = [];
    if (usersOf && !usersOf(info)) unknown.push('userName');
    if (!info.cgroups) unknown.push('cgroup');
    return without(view, unknown);
  }

  /** A filter that is put out of force while nobody types must not go silently. */
  #told(before: ViewState, info: SourceInfo): ViewState {
    const view = this.#judging(before, info);
    if (view === before || view.mode === 'filter') return view;
    const text = `filter off: ${view.filterError?.error}`;
    return { ...view, notice: { text, tone: 'error' } };
  }

  #guest(info: SourceInfo): Guest {
    const { bootOffsetNs } = info;
    return { bootOffsetNs, userName: this.#userName(info) };
  }

  #shown(paused: boolean): World {
    this.#recordsAtPause = this.#records;
    this.#churn.freeze(paused);
    return paused ? this.#live.freeze() : this.#live;
  }

  #missed(paused: boolean): number {
    return paused ? this.#records - this.#recordsAtPause : 0;
  }

  #change(change: Partial<Snapshot>, hurry = true): void {
    this.#snapshot = this.#looked({ ...this.#snapshot, ...change });
    if (this.#next && (this.#hurried || !hurry)) return;
    const draw = () => {
      if (this.#next === draw) this.#notify();
    };
    this.#next = draw;
    this.#hurried = hurry;
    if (this.#options.schedule) this.#options.schedule(draw, hurry ? 0 : patienceMs);
    else draw();
  }

  /** What follows from the world on screen: room for its alerts, and its statistics. */
  #looked(snapshot: Snapshot): Snapshot {
    const view = withAlerts(snapshot.view, snapshot.world.raised.size > 0);
    return { ...snapshot, view, churn: this.#churn.look(snapshot.world, view) };
  }

  /** All that has come so far is drawn: a frame that was due for it is not. */
  #notify(): void {
    this.#next = undefined;
    this.#frame = this.#snapshot;
    for (const listener of this.#listeners) listener();
  }
}
