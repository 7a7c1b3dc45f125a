import type { Action } from '../actions/action.ts';
import type { ViewId } from '../actions/view-id.ts';

/** The part of the screen that receives keys: lists, a menu, details of a row, an input line at the bottom, or help. */
export type Mode =
  | 'normal'
  | 'sort'
  | 'details'
  | 'alerts'
  | 'overview'
  | 'filter'
  | 'search'
  | 'jump'
  | 'note'
  | 'help';

/**
 * A state of the lists in which some keys have another meaning: the full-screen log, matches of a search, all guests of a
 * fleet, or one of them.
 */
export type Layer = 'log' | 'found' | 'fleet' | 'guest';

/** The kind of the event source: live capture, a trace that is read as it arrives, a replay, or several guests. */
export type SourceKind = 'live' | 'pipe' | 'replay' | 'fleet';

/** A key binding: the keys of a mode, and the action that they trigger. */
export type Binding = {
  mode: Mode | Layer;
  /** Source kinds in which the binding is active. Default: all. */
  sourceKinds?: readonly SourceKind[];
  /** Key names as `keyNamesOf` returns them. The footer shows the first one. */
  keys: readonly string[];
  /** Description on the help screen. A binding with an empty one is not listed. */
  help: string;
  /** Label in the footer. A binding without one is not shown there. */
  footer?: string;
  /** Whether the footer shows the binding at any width. */
  alwaysInFooter?: true;
  /** Views in which the binding is active. Default: all. */
  views?: readonly ViewId[];
  action: Action;
};

/** A binding without its mode, as it is written in the tables. */
export type BindingEntry = Omit<Binding, 'mode'>;

/** User-defined keys: key name to the name of the key that it replaces. They do not apply to input lines. */
export type KeyOverrides = ReadonlyMap<string, string>;

/** Returns the bindings of a table of entries that all belong to one mode. */
export const bindingsOf = (mode: Binding['mode'], entries: readonly BindingEntry[]): readonly Binding[] =>
  entries.map((entry) => ({ mode, ...entry }));

/** The key of the failures view in the details and the help, which list the key with the views. */
export const showFailuresBinding: BindingEntry = {
  keys: ['x'],
  help: '',
  action: { type: 'showView', view: 'failures' },
};

/** The key of the alert list. */
export const openAlertsBinding: BindingEntry = {
  keys: ['!'],
  help: 'alerts: those that are raised, and the latest cleared ones',
  action: { type: 'openAlerts' },
};

/** Source kinds whose view can be paused. In a replay, the replay is paused instead of the view. */
export const pausableSources: readonly SourceKind[] = ['live', 'pipe', 'fleet'];
